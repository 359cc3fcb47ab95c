using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// A request that waits for its answer. Exactly one of <see cref="Answer"/> and <see cref="Fail"/> ends it; whoever waits for
/// it does not run on the connection's thread.
/// </summary>
internal abstract class ZooKeeperCall(string path, byte[] frame)
{
    /// <summary>The client's path, for what is told of a failure.</summary>
    public string Path => path;

    /// <summary>The whole request, with room for its xid.</summary>
    public byte[] Frame => frame;

    /// <summary>Given when the call is queued.</summary>
    public int Xid { get; set; }

    /// <summary>What is to be watched when the answer allows it.</summary>
    public PendingWatch? Watch { get; init; }

    /// <summary>Throws <see cref="InvalidDataException"/> when the body cannot be read; the call has failed then.</summary>
    public abstract void Answer(TreeError error, ref JuteReader body);

    public abstract void Fail(TreeError error, string? detail);
}

/// <summary>Reads the body of an answer without an error. It may throw <see cref="TreeException"/>.</summary>
internal delegate T AnswerBody<out T>(ref JuteReader body);

internal sealed class ZooKeeperCall<T>(string path, byte[] frame, AnswerBody<T> read) : ZooKeeperCall(path, frame)
{
    private readonly TaskCompletionSource<T> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answered => _answered.Task;

    /// <summary>Whether NoNode is an answer rather than a failure, the default of T.</summary>
    public bool MayBeMissing { get; init; }

    public override void Answer(TreeError error, ref JuteReader body)
    {
        if (error != TreeError.Ok)
        {
            if (MayBeMissing && error == TreeError.NoNode)
            {
                _answered.TrySetResult(default!);
            }
            else
            {
                Fail(error, null);
            }

            return;
        }

        try
        {
            _answered.TrySetResult(read(ref body));
        }
        catch (TreeException e)
        {
            _answered.TrySetException(e);
        }
        catch (InvalidDataException e)
        {
            Fail(TreeError.MarshallingError, e.Message);
            throw;
        }
    }

    public override void Fail(TreeError error, string? detail) => _answered.TrySetException(new TreeException(error, Path, detail: detail));
}
