namespace KLog.Coordination.Embedded;

/// <summary>
/// A write that waits for the tree's writer: operations of a session, or the session's end. Whoever waits for
/// <see cref="Answered"/> does not run on the writer's thread.
/// </summary>
internal sealed class WriteRequest(EmbeddedSession session, IReadOnlyList<TreeOperation> operations, bool multi, SessionState? endsAs = null)
{
    private readonly TaskCompletionSource<IReadOnlyList<OperationResult>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<OperationResult> _results = [];
    private TreeException? _refused;

    public EmbeddedSession Session => session;

    /// <summary>How the session stands after this request, when this is the end of it.</summary>
    public SessionState? EndsAs => endsAs;

    public string Path => operations.Count > 0 ? operations[0].Path : "/";

    public Task<IReadOnlyList<OperationResult>> Answered => _answer.Task;

    /// <summary>Null when there is nothing to change: a check, or a refusal, which <see cref="Answer"/> will tell.</summary>
    public TransactionPlan? Plan(TreeState state, long nowMs)
    {
        var plan = new TransactionPlan(state, nowMs, session.SessionId);
        try
        {
            session.ThrowIfOver(Path);
            if (session.IsEnding)
            {
                throw new TreeException(TreeError.SessionExpired, Path);
            }

            session.IsEnding = endsAs is not null;
            plan.Add(endsAs is null ? operations : Goodbye(state), multi);
            _results = plan.Results;
            return plan.ChangesNothing ? null : plan;
        }
        catch (TreeException e)
        {
            _refused = e;
            return null;
        }
    }

    public void Answer()
    {
        if (_refused is null)
        {
            _answer.TrySetResult(_results);
        }
        else
        {
            _answer.TrySetException(_refused);
        }
    }

    public void Fail(TreeException failure) => _answer.TrySetException(failure);

    private List<TreeOperation> Goodbye(TreeState state) =>
        state.Ephemerals.TryGetValue(session.SessionId, out var paths)
            ? [.. paths.Select(path => new TreeOperation.Delete(path))]
            : [];
}
