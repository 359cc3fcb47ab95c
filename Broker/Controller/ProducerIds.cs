using KLog.Coordination.Registries;

namespace KLog.Broker.Controller;

/// <summary>
/// Gives out producer ids that no other broker gives out, from blocks of 1,000. The rest of a block is lost when the broker
/// stops: there are enough. Any thread.
/// </summary>
public sealed class ProducerIds(ProducerIdBlocks blocks, int brokerId) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private ProducerIdBlock _block = new(0, -1);

    /// <summary>The next id. Throws <see cref="Coordination.TreeException"/> when a new block cannot be taken.</summary>
    public async ValueTask<long> NextAsync(CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_block.First > _block.Last)
            {
                _block = await blocks.TakeAsync(brokerId, cancellation);
            }

            long id = _block.First;
            _block = _block with { First = id + 1 };
            return id;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
