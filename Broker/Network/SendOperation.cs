using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace KLog.Broker.Network;

/// <summary>An awaitable <see cref="Socket.SendPacketsAsync"/>, used again and again by one connection.</summary>
internal sealed class SendOperation()
    : SocketAsyncEventArgs(true), IValueTaskSource<long>
{
    private ManualResetValueTaskSourceCore<long> _source;

    public ValueTask<long> SendAsync(Socket socket, List<SendPacketsElement> elements)
    {
        _source.Reset();
        SendPacketsElements = [.. elements];
        if (!socket.SendPacketsAsync(this))
        {
            Finish();
        }

        return new ValueTask<long>(this, _source.Version);
    }

    public long GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e) => Finish();

    private void Finish()
    {
        long sent = BytesTransferred;
        SendPacketsElements = null;
        if (SocketError == SocketError.Success)
        {
            _source.SetResult(sent);
        }
        else
        {
            _source.SetException(new SocketException((int)SocketError));
        }
    }
}
