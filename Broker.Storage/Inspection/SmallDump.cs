using System.Globalization;
using System.Text;
using KLog.Protocol;

namespace KLog.Broker.Storage.Inspection;

/// <summary>Shows the files around a segment, each of which fits into memory.</summary>
internal sealed class SmallDump(string path, IDumpOutput output)
{
    internal void OffsetIndex(ReadOnlyMemory<byte> file, long baseOffset)
    {
        output.File(path, "offset index");
        ReadOnlyMemory<byte> entries = file[..Storage.OffsetIndex.UsedLength(file.Span)];
        OffsetIndex index = new(entries.Span, baseOffset);
        for (int at = 0; at < index.Count; at++)
        {
            output.Row(new DumpRow("offsetIndexEntry", false, new("offset", index[at].Offset), new("position", index[at].Position)));
        }

        new OffsetIndexCheck(entries, baseOffset, Damage).CheckOrder();
        CheckLength(file.Length, Storage.OffsetIndex.EntrySize);
    }

    internal void TimeIndex(ReadOnlyMemory<byte> file, long baseOffset)
    {
        output.File(path, "time index");
        ReadOnlyMemory<byte> entries = file[..Storage.TimeIndex.UsedLength(file.Span)];
        TimeIndex index = new(entries.Span, baseOffset);
        for (int at = 0; at < index.Count; at++)
        {
            output.Row(new DumpRow("timeIndexEntry", false, new("timestamp", new DumpTime(index[at].TimestampMs)), new("offset", index[at].Offset)));
        }

        new TimeIndexCheck(entries, baseOffset, Damage).CheckOrder();
        CheckLength(file.Length, Storage.TimeIndex.EntrySize);
    }

    internal void TransactionIndex(ReadOnlyMemory<byte> file, long baseOffset)
    {
        output.File(path, "transaction index");
        for (int at = 0; at + Storage.TransactionIndex.EntrySize <= file.Length; at += Storage.TransactionIndex.EntrySize)
        {
            AbortedTransaction aborted = Storage.TransactionIndex.Parse(file.Span[at..]);
            output.Row(new DumpRow(
                "abortedTransaction",
                false,
                new("producerId", aborted.ProducerId),
                new("firstOffset", aborted.FirstOffset),
                new("lastOffset", aborted.LastOffset),
                new("lastStableOffset", aborted.LastStableOffset)));
        }

        new TransactionIndexCheck().OnSegment(file.Span, baseOffset, Damage);
    }

    internal void Snapshot(ReadOnlyMemory<byte> file)
    {
        output.File(path, "producer snapshot");
        if (ProducerSnapshotFile.Decode(file.Span) is not { } producers)
        {
            Damage(0, -1, "the snapshot's version, length or CRC is wrong");
            return;
        }

        foreach (ProducerState producer in producers)
        {
            output.Row(new DumpRow(
                "producer",
                false,
                new("producerId", producer.ProducerId),
                new("producerEpoch", (int)producer.Epoch),
                new("firstSequence", producer.HasBatches ? producer.LastBatch.FirstSequence : null),
                new("lastSequence", producer.HasBatches ? producer.LastSequence : null),
                new("firstOffset", producer.HasBatches ? producer.LastBatch.FirstOffset : null),
                new("lastOffset", producer.HasBatches ? producer.LastOffset : null),
                new("timestamp", new DumpTime(producer.LastTimestampMs)),
                new("coordinatorEpoch", producer.CoordinatorEpoch < 0 ? null : producer.CoordinatorEpoch),
                new("transactionFirstOffset", producer.TransactionFirstOffset < 0 ? null : producer.TransactionFirstOffset)));
        }
    }

    internal void LeaderEpochs(ReadOnlyMemory<byte> file)
    {
        output.File(path, "leader epochs");
        foreach (LeaderEpochEntry entry in SmallFileCheck.LeaderEpochs(file.Span, Damage))
        {
            output.Row(new DumpRow("leaderEpoch", false, new("epoch", entry.Epoch), new("startOffset", entry.StartOffset)));
        }
    }

    internal void Offsets(ReadOnlyMemory<byte> file)
    {
        output.File(path, "offsets of partitions");
        foreach ((TopicPartition partition, long offset) in SmallFileCheck.Offsets(file.Span, Damage))
        {
            output.Row(new DumpRow(
                "partitionOffset", false, new("topic", partition.Topic), new("partition", partition.Partition), new("offset", offset)));
        }
    }

    internal void TopicId(ReadOnlyMemory<byte> file)
    {
        output.File(path, "topic id");
        Guid topicId = SmallFileCheck.TopicId(file.Span, Damage);
        if (topicId != Guid.Empty)
        {
            output.Row(new DumpRow("topic", false, new DumpValue("topicId", KafkaUuid.ToText(topicId))));
        }
    }

    internal void CleanShutdown(ReadOnlyMemory<byte> file)
    {
        output.File(path, "clean shutdown");
        output.Row(new DumpRow("cleanShutdown", false, new DumpValue("content", Encoding.UTF8.GetString(file.Span))));
        SmallFileCheck.CleanShutdown(file.Span, Damage);
    }

    internal void Properties(ReadOnlyMemory<byte> file)
    {
        output.File(path, "properties");
        foreach (string line in Encoding.UTF8.GetString(file.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && !line.StartsWith('#'))
            {
                output.Row(new DumpRow("property", false, new("name", parts[0]), new("value", parts[1])));
            }
        }

        SmallFileCheck.Meta(path, file.Span, Damage);
    }

    private void CheckLength(int length, int entrySize)
    {
        if (length % entrySize != 0)
        {
            Damage(length / entrySize * entrySize, string.Create(CultureInfo.InvariantCulture, $"the file ends {length % entrySize} bytes into an entry"));
        }
    }

    private void Damage(long position, string what) => output.Damage(new Finding(FindingKind.Damage, path, -1, position, what));

    private void Damage(int position, long offset, string what) =>
        output.Damage(new Finding(FindingKind.Damage, path, offset, position, what));
}
