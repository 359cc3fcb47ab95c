using FsCheck;
using FsCheck.Fluent;
using KLog.Conformance.Programs;
using KLog.Conformance.Wire;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Fuzz;

/// <summary>
/// Frames (without their length) made by FsCheck from one seed: recorded requests of real clients and requests about
/// topics that exist, each with a few changes; batches whose inside is changed and whose CRC is right again; and
/// bytes that are nothing at all.
/// </summary>
internal sealed class FrameSource
{
    private const int PartitionsMax = 20;

    private readonly Gen<byte[]> _frames;

    /// <param name="topic">One that exists; what is changed may write to it.</param>
    public FrameSource(Topic topic)
    {
        byte[][] seeds = [.. Recorded().Where(IsHandled).Select(WithoutWaiting), .. Live(topic)];
        Gen<byte[]> changed =
            from seed in Gen.Elements(seeds)
            from mutations in Gen.ListOf(Mutation.Generator, 3)
            from count in Gen.Choose(0, 3)
            select mutations.Take(count).Aggregate(seed, (frame, mutation) => mutation.Apply(frame));
        Gen<byte[]> batches =
            from codec in Gen.Elements(Enum.GetValues<CompressionType>())
            from mutation in Mutation.Generator
            from partition in Gen.Choose(-1, 2)
            select Framed(Batches.Produce(topic, Reseal(mutation, Batches.Of(3, codec, valueLength: 20)), partition: partition), 9);
        Gen<byte[]> garbage = Gen.ArrayOf(Gen.Choose(0, 255).Select(i => (byte)i));
        _frames = Gen.Frequency((16, changed), (4, batches), (1, garbage));
    }

    public IEnumerable<byte[]> Take(int count, ulong seed) =>
        Gen.Sample(_frames, count, new Rnd(seed), 60).Where(f => f.Length > 0 && !IsRuinous(f));

    /// <summary>Recorded frames, by hand one a line: api key, version, base64.</summary>
    private static IEnumerable<byte[]> Recorded() =>
        File.ReadLines(Path.Combine(Repository.Conformance, "Fuzz", "recorded.txt"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => Convert.FromBase64String(line.Split(' ')[2]));

    private static IEnumerable<byte[]> Live(Topic topic)
    {
        FetchRequest fetch = Batches.Fetch(topic, 0, maxBytes: 2000);
        fetch.MaxWaitMs = 0;
        foreach (short version in new short[] { 4, 7, 11, 12, 13, 17 })
        {
            yield return Framed(fetch, version);
        }

        foreach (short version in new short[] { 3, 8, 9, 12, 13 })
        {
            yield return Framed(Batches.Produce(topic, Batches.Of(2), partition: 0), version);
            yield return Framed(Batches.Produce(topic, Batches.Of(2, CompressionType.Zstd), partition: 1), version);
        }

        ListOffsetsRequest offsets = new() { ReplicaId = -1, Topics = [new() { Name = topic.Name, Partitions = [new() { Timestamp = 1 }] }] };
        yield return Framed(offsets, 1);
        yield return Framed(offsets, 9);
        MetadataRequest metadata = new() { Topics = [new() { Name = topic.Name }], AllowAutoTopicCreation = false };
        yield return Framed(metadata, 4);
        yield return Framed(metadata, 12);
        DeleteRecordsRequest delete = new() { Topics = [new() { Name = topic.Name, Partitions = [new() { Offset = 1 }] }] };
        yield return Framed(delete, 1);
        yield return Framed(delete, 2);
    }

    private static byte[] Framed<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        using WireWriter writer = new();
        new RequestHeader(TRequest.ApiKey, version, 1, "fuzz").Write(writer, RequestHeader.VersionOf<TRequest>(version));
        request.Write(writer, version);
        return writer.Written.ToArray();
    }

    /// <summary>Changes the batch behind its CRC, and sets the CRC right, so that the change is looked at.</summary>
    private static byte[] Reseal(Mutation mutation, byte[] batch)
    {
        byte[] changed = [.. batch[..21], .. mutation.Apply(batch[21..])];
        if (changed.Length < RecordBatchView.HeaderSize)
        {
            return changed;
        }

        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(8), changed.Length - RecordBatchView.LogOverhead);
        RecordBatchFields.SetCrc(changed);
        return changed;
    }

    private static bool IsHandled(byte[] frame) => Exchanges.All.ContainsKey(KeyOf(frame));

    private static ApiKey KeyOf(byte[] frame) => (ApiKey)((frame[0] << 8) | frame[1]);

    /// <summary>A fetch that does not wait: what is measured here is not patience.</summary>
    private static byte[] WithoutWaiting(byte[] frame)
    {
        if (KeyOf(frame) != ApiKey.Fetch)
        {
            return frame;
        }

        FetchRequest request = Read<FetchRequest>(frame, out short version);
        request.MaxWaitMs = 0;
        return Framed(request, version);
    }

    /// <summary>Requests that ask for so many partitions that any broker would be busy making them.</summary>
    private static bool IsRuinous(byte[] frame)
    {
        if (frame.Length < 8)
        {
            return false;
        }

        try
        {
            return KeyOf(frame) switch
            {
                ApiKey.CreateTopics => Read<CreateTopicsRequest>(frame, out _).Topics.Any(t => t.NumPartitions > PartitionsMax),
                ApiKey.CreatePartitions => Read<CreatePartitionsRequest>(frame, out _).Topics.Any(t => t.Count > PartitionsMax),
                _ => false,
            };
        }
        catch (Exception e) when (e is ProtocolViolationException or OverflowException)
        {
            return false;
        }
    }

    private static TRequest Read<TRequest>(byte[] frame, out short version)
        where TRequest : IMessage<TRequest>
    {
        version = (short)((frame[2] << 8) | frame[3]);
        WireReader reader = new(frame);
        RequestHeader.Read(ref reader, RequestHeader.VersionOf<TRequest>(version));
        return TRequest.Read(ref reader, version);
    }
}
