namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// ◆ A multi: each operation as it would be asked alone, behind a header, and a last header that says so.
/// <code>
/// request  ( | op i32 | done u8 = 0 | error i32 = −1 | body… | )…            | −1 | 1 | −1 |
/// answer   ( | op i32 | done u8 = 0 | error i32      | result of the op | )… | −1 | 1 | −1 |
/// </code>
/// When one operation failed, all results are of op −1 with an error i32: 0 before the one that failed,
/// RuntimeInconsistency behind it.
/// </summary>
internal static class MultiCodec
{
    private const int ErrorResult = -1;

    /// <summary>Asked for each operation, in order: its path on the server, and the ACLs for what it creates.</summary>
    public static JuteWriter Request(IReadOnlyList<TreeOperation> operations, Func<TreeOperation, string> serverPath, Func<string, IReadOnlyList<NodeAcl>> acls)
    {
        var request = new JuteWriter();
        foreach (TreeOperation operation in operations)
        {
            string path = serverPath(operation);
            (OpCode op, JuteWriter body) = operation switch
            {
                TreeOperation.Create create => (OpCode.Create2, Requests.Create(path, create.Data.Span, acls(create.Path), create.Mode)),
                TreeOperation.SetData set => (OpCode.SetData, Requests.SetData(path, set.Data.Span, set.ExpectedVersion)),
                TreeOperation.Delete delete => (OpCode.Delete, Requests.Versioned(path, delete.ExpectedVersion)),
                TreeOperation.Check check => (OpCode.Check, Requests.Versioned(path, check.ExpectedVersion)),
                _ => throw new TreeException(TreeError.Unimplemented, operation.Path),
            };
            request.Int32((int)op).Bool(false).Int32(-1).Raw(body.Written.Span);
        }

        return request.Int32(-1).Bool(true).Int32(-1);
    }

    /// <summary>The results; throws <see cref="TreeException"/> with the place of the operation that failed.</summary>
    public static IReadOnlyList<OperationResult> Answer(ref JuteReader reader, IReadOnlyList<TreeOperation> operations, Func<string, string> clientPath)
    {
        var results = new List<OperationResult>(operations.Count);
        int failed = -1;
        TreeError failure = TreeError.Ok;
        while (true)
        {
            int op = reader.Int32();
            bool done = reader.Bool();
            reader.Int32();
            if (done)
            {
                break;
            }

            TreeError error = op == ErrorResult ? (TreeError)reader.Int32() : TreeError.Ok;
            if (failed < 0 && error != TreeError.Ok)
            {
                (failed, failure) = (results.Count, error);
            }

            results.Add(op == ErrorResult ? default : Result((OpCode)op, ref reader, clientPath));
        }

        if (results.Count != operations.Count)
        {
            throw new InvalidDataException($"{results.Count} results for {operations.Count} operations");
        }

        return failed < 0 ? results : throw new TreeException(failure, operations[failed].Path, failed);
    }

    private static OperationResult Result(OpCode op, ref JuteReader reader, Func<string, string> clientPath) => op switch
    {
        OpCode.Create2 => new OperationResult(clientPath(reader.Text()), reader.Stat()),
        OpCode.SetData => new OperationResult(null, reader.Stat()),
        OpCode.Delete or OpCode.Check => default,
        _ => throw new InvalidDataException($"a multi answered with op {(int)op}"),
    };
}
