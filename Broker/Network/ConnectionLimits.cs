using System.Net;

namespace KLog.Broker.Network;

/// <summary>
/// How many connections there may be, in all (<c>max.connections</c>) and from one address
/// (<c>max.connections.per.ip</c> with its overrides). The limits are asked for at each connection, so that a dynamic
/// change holds from the next one on.
/// </summary>
internal sealed class ConnectionLimits(Func<int> connectionsMax, Func<IPAddress, int> perAddressMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;
    private TaskCompletionSource? _room;

    /// <summary>Counts a connection in; false where its address already has as many as it may.</summary>
    public bool TryEnter(IPAddress address)
    {
        int max = perAddressMax(address);
        lock (_gate)
        {
            int there = _byAddress.GetValueOrDefault(address);
            if (there >= max)
            {
                return false;
            }

            _byAddress[address] = there + 1;
            _count++;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_gate)
        {
            _count--;
            int left = _byAddress[address] - 1;
            if (left == 0)
            {
                _byAddress.Remove(address);
            }
            else
            {
                _byAddress[address] = left;
            }

            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>Waits until one more connection may be accepted.</summary>
    public async Task WaitForRoomAsync(CancellationToken stop)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_count < connectionsMax())
                {
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(stop);
        }
    }
}
