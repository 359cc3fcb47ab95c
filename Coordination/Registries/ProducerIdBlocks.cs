using System.Globalization;
using System.Text.Json;

namespace KLog.Coordination.Registries;

/// <summary>Producer ids from <see cref="First"/> to <see cref="Last"/>, which no other broker gives out.</summary>
public readonly record struct ProducerIdBlock(long First, long Last);

/// <summary>Hands out blocks of producer ids, /latest_producer_id_block, version 1: the node holds the last one taken.</summary>
public sealed class ProducerIdBlocks(ICoordinationTree tree)
{
    public const int BlockSize = 1000;

    /// <summary>Takes the next block for a broker. The ids of a block that its broker did not use up are lost.</summary>
    public async Task<ProducerIdBlock> TakeAsync(int brokerId, CancellationToken cancellation = default)
    {
        while (true)
        {
            if (await tree.FindAsync(Paths.ProducerIdBlock, null, cancellation) is not { } node)
            {
                await tree.EnsureAsync(Paths.ProducerIdBlock, cancellation);
                continue;
            }

            long first = node.Data.IsEmpty ? 0 : NodeJson.Read(Paths.ProducerIdBlock, node.Data, LastTaken) + 1;
            var block = new ProducerIdBlock(first, checked(first + BlockSize - 1));
            try
            {
                await tree.SetAsync(Paths.ProducerIdBlock, ToJson(brokerId, block), node.Stat.Version, cancellation);
                return block;
            }
            catch (TreeException e) when (e.Error == TreeError.BadVersion)
            {
                // Another broker took that one.
            }
        }
    }

    private static long LastTaken(JsonElement json) => long.Parse(json.GetProperty("block_end").GetString()!, CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> ToJson(int brokerId, ProducerIdBlock block) => NodeJson.Write(json =>
    {
        json.WriteNumber("version", 1);
        json.WriteNumber("broker", brokerId);
        json.WriteString("block_start", block.First.ToString(CultureInfo.InvariantCulture));
        json.WriteString("block_end", block.Last.ToString(CultureInfo.InvariantCulture));
    });
}
