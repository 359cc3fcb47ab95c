using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Bench.Throughput.Load;

/// <summary>Single requests to a topic's partitions, one after the other, over one connection.</summary>
internal sealed class PartitionAccess(BenchTopic topic) : IDisposable
{
    private const int FetchBytes = 1 << 16;
    private readonly ControlConnection _control = new(topic.Broker);

    /// <summary>
    /// Waits until every partition is served: a fetch from its start brings records, and a produce is acknowledged. A
    /// partition may get more than one batch by that.
    /// </summary>
    internal void AwaitServed(ReadOnlySpan<byte> batch, TimeSpan timeMax, CancellationToken cancellation)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(timeMax);
        for (int partition = 0; partition < topic.Leaders.Length; partition++)
        {
            while (!CanFetch(partition) || Produce(partition, batch) != ErrorCode.None)
            {
                TopicAccess.WaitOrGiveUp(giveUp, $"partition {partition} is not served", cancellation);
            }
        }
    }

    /// <summary>Sends one batch, and answers the partition's error code.</summary>
    internal ErrorCode Produce(int partition, ReadOnlySpan<byte> batch)
    {
        WireReader reader = new(_control.Exchange(
            RequestFrames.ProduceHead(topic.Name, partition, batch.Length, acks: 1), batch.ToArray()));
        reader.Skip(4 + 4);
        reader.ReadString(compact: false);
        reader.Skip(4 + 4);
        return (ErrorCode)reader.ReadInt16();
    }

    public void Dispose() => _control.Dispose();

    private bool CanFetch(int partition)
    {
        WireReader reader = new(_control.Exchange(RequestFrames.Fetch(topic.Name, partition, waitMs: 0, FetchBytes, out _)));
        reader.Skip(4 + 4);
        ErrorCode error = (ErrorCode)reader.ReadInt16();
        reader.Skip(4);
        if (error != ErrorCode.None || reader.ReadArrayLength(compact: false) != 1)
        {
            return false;
        }

        reader.ReadString(compact: false);
        reader.Skip(4 + 4);
        error = (ErrorCode)reader.ReadInt16();
        reader.Skip(8 + 8 + 8);
        reader.Skip(4 + 4);
        return error == ErrorCode.None && reader.ReadInt32() > 0;
    }
}
