using KLog.Protocol;

namespace KLog.Broker.Groups;

/// <summary>
/// What an event makes happen outside of its group: records to write, and answers, which leave once everything that was
/// written is committed. A group's core fills it; the shard carries it out, writes first, in their order.
/// </summary>
internal sealed class GroupEffects
{
    private readonly Queue<(IReadOnlyList<GroupRecord> Records, Action<ErrorCode>? Then)> _writes = new();
    private readonly List<Action<Exception?>> _answers = [];

    /// <param name="then">Called with the append's outcome before anything else happens to the group; may ask for more.</param>
    public void Write(IReadOnlyList<GroupRecord> records, Action<ErrorCode>? then = null) => _writes.Enqueue((records, then));

    public void Answer<T>(TaskCompletionSource<T> waiting, T response) => _answers.Add(failure =>
    {
        if (failure is null)
        {
            waiting.TrySetResult(response);
        }
        else
        {
            waiting.TrySetException(failure);
        }
    });

    /// <summary>The offset of the last record that was written, while what follows from it is called; -1 where it is not known.</summary>
    public long WrittenTo { get; private set; } = -1;

    /// <summary>Hands everything that is to be written to <paramref name="append"/>, also what follows from it.</summary>
    public void WriteAll(Func<IReadOnlyList<GroupRecord>, ErrorCode> append, Func<long>? lastOffset = null)
    {
        while (_writes.TryDequeue(out var write))
        {
            ErrorCode outcome = append(write.Records);
            WrittenTo = lastOffset?.Invoke() ?? -1;
            write.Then?.Invoke(outcome);
        }
    }

    /// <summary>Lets the answers go, outside of the shard's lock.</summary>
    /// <param name="failure">Why what was written may not last: then nobody is told of it.</param>
    public void SendAnswers(Exception? failure = null)
    {
        foreach (Action<Exception?> send in _answers)
        {
            send(failure);
        }

        _answers.Clear();
    }
}
