using System.Threading.Channels;
using KLog.Protocol;

namespace KLog.Coordination;

/// <summary>Calls a session's watches and state handlers, one at a time and in the order in which they were queued.</summary>
internal sealed class EventQueue
{
    private readonly Channel<Action> _calls = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    public EventQueue()
    {
        Drained = Task.Run(RunAsync);
    }

    /// <summary>Done when the queue is closed and everything before that was called.</summary>
    public Task Drained { get; }

    public void Enqueue(Action call) => _calls.Writer.TryWrite(call);

    public void Close() => _calls.Writer.TryComplete();

    private async Task RunAsync()
    {
        await foreach (Action call in _calls.Reader.ReadAllAsync())
        {
            try
            {
                call();
            }
            catch (Exception e)
            {
                // Whoever waits for this watch would wait for ever.
                Invariant.Holds(false, $"a watch threw: {e}");
            }
        }
    }
}
