using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Clients.Connections;

/// <summary>A request that was sent, and waits for its answer.</summary>
internal abstract class PendingResponse
{
    /// <exception cref="ProtocolViolationException">The frame is not the answer; the wait has failed with it.</exception>
    public abstract void Complete(byte[] frame);

    public abstract void Fail(Exception error);
}

/// <summary>The same, by the type of the answer. What waits is continued on the thread pool, never on the reading loop.</summary>
internal sealed class PendingResponse<TResponse>(short version) : PendingResponse
    where TResponse : IMessage<TResponse>
{
    private readonly TaskCompletionSource<TResponse> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResponse> Answered => _answered.Task;

    public override void Complete(byte[] frame) => _answered.TrySetResult(FrameStream.Decode<TResponse>(frame, version));

    public override void Fail(Exception error) => _answered.TrySetException(error);
}
