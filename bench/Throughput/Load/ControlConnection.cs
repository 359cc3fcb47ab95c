using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// One blocking connection for what happens between the runs: topics and offsets. Versions are the newest without
/// flexible fields, which Kafka 2.1 to 4.x all have.
/// </summary>
internal sealed class ControlConnection : IDisposable
{
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(60);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <exception cref="SocketException">Nobody listens there.</exception>
    internal ControlConnection(IPEndPoint address)
    {
        try
        {
            _socket.ReceiveTimeout = (int)AnswerTimeMax.TotalMilliseconds;
            _socket.Connect(address);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes a topic; one that exists already is left as it is.</summary>
    internal ErrorCode CreateTopic(string topic, int partitions, params ReadOnlySpan<(string Name, string Value)> configs)
    {
        using WireWriter writer = RequestFrames.Begin(ApiKey.CreateTopics, version: 4, correlationId: 1);
        writer.WriteInt32(1);
        writer.WriteString(topic, compact: false);
        writer.WriteInt32(partitions);
        writer.WriteInt16(1);
        writer.WriteInt32(0);
        writer.WriteInt32(configs.Length);
        foreach ((string name, string value) in configs)
        {
            writer.WriteString(name, compact: false);
            writer.WriteString(value, compact: false);
        }

        // Less than the wait for the answer: a topic that is not complete in time is asked for again.
        writer.WriteInt32((int)AnswerTimeMax.TotalMilliseconds / 2);
        writer.WriteBool(false);
        WireReader reader = Call(writer);
        reader.Skip(4 + 4);
        reader.ReadString(compact: false);
        return (ErrorCode)reader.ReadInt16();
    }

    /// <summary>Sets one configuration of a topic.</summary>
    internal void AlterTopic(string topic, string name, string value)
    {
        using WireWriter writer = RequestFrames.Begin(ApiKey.IncrementalAlterConfigs, version: 0, correlationId: 1);
        writer.WriteInt32(1);
        writer.WriteInt8(2); // a topic
        writer.WriteString(topic, compact: false);
        writer.WriteInt32(1);
        writer.WriteString(name, compact: false);
        writer.WriteInt8(0); // set
        writer.WriteString(value, compact: false);
        writer.WriteBool(false);
        WireReader reader = Call(writer);
        reader.Skip(4 + 4);
        ErrorCode error = (ErrorCode)reader.ReadInt16();
        if (error != ErrorCode.None)
        {
            throw new LoadException($"{name} of topic {topic} cannot be set: {error}");
        }
    }

    internal void DeleteTopic(string topic)
    {
        using WireWriter writer = RequestFrames.Begin(ApiKey.DeleteTopics, version: 3, correlationId: 1);
        writer.WriteInt32(1);
        writer.WriteString(topic, compact: false);
        writer.WriteInt32((int)AnswerTimeMax.TotalMilliseconds);
        WireReader reader = Call(writer);
        reader.Skip(4 + 4);
        reader.ReadString(compact: false);
        ErrorCode error = (ErrorCode)reader.ReadInt16();
        if (error is not (ErrorCode.None or ErrorCode.UnknownTopicOrPartition))
        {
            throw new LoadException($"topic {topic} cannot be deleted: {error}");
        }
    }

    /// <summary>Each partition's leader, in order; null while the topic or a leader is missing.</summary>
    internal IPEndPoint[]? FindLeaders(string topic)
    {
        using WireWriter writer = RequestFrames.Begin(ApiKey.Metadata, version: 5, correlationId: 1);
        writer.WriteInt32(1);
        writer.WriteString(topic, compact: false);
        writer.WriteBool(false);
        WireReader reader = Call(writer);
        reader.Skip(4);
        Dictionary<int, IPEndPoint> brokers = ReadBrokers(ref reader);
        reader.ReadNullableString(compact: false);
        reader.Skip(4 + 4);
        if (reader.ReadInt16() != 0)
        {
            return null;
        }

        reader.ReadString(compact: false);
        reader.Skip(1);
        IPEndPoint[] leaders = new IPEndPoint[reader.ReadArrayLength(compact: false)];
        for (int i = 0; i < leaders.Length; i++)
        {
            short error = reader.ReadInt16();
            int partition = reader.ReadInt32();
            if (!brokers.TryGetValue(reader.ReadInt32(), out IPEndPoint? leader) || error != 0)
            {
                return null;
            }

            leaders[partition] = leader;
            SkipIds(ref reader);
            SkipIds(ref reader);
            SkipIds(ref reader);
        }

        return leaders.Length == 0 ? null : leaders;
    }

    /// <summary>
    /// The offset that the next record of each partition gets; null while the broker does not lead one of them yet, which
    /// may be so for a moment after the metadata say that it does.
    /// </summary>
    internal long[]? EndOffsets(string topic, int[] partitions)
    {
        using WireWriter writer = RequestFrames.Begin(ApiKey.ListOffsets, version: 1, correlationId: 1);
        writer.WriteInt32(-1);
        writer.WriteInt32(1);
        writer.WriteString(topic, compact: false);
        writer.WriteInt32(partitions.Length);
        foreach (int partition in partitions)
        {
            writer.WriteInt32(partition);
            writer.WriteInt64(-1);
        }

        WireReader reader = Call(writer);
        reader.Skip(4);
        reader.ReadString(compact: false);
        Dictionary<int, long> offsets = [];
        for (int left = reader.ReadArrayLength(compact: false); left > 0; left--)
        {
            int partition = reader.ReadInt32();
            bool isLed = reader.ReadInt16() == 0;
            reader.Skip(8);
            long offset = reader.ReadInt64();
            if (isLed)
            {
                offsets[partition] = offset;
            }
        }

        return partitions.All(offsets.ContainsKey) ? [.. partitions.Select(p => offsets[p])] : null;
    }

    /// <summary>Whether the broker answers at all, and knows itself.</summary>
    internal bool IsReady()
    {
        using WireWriter writer = RequestFrames.Begin(ApiKey.Metadata, version: 5, correlationId: 1);
        writer.WriteInt32(0);
        writer.WriteBool(false);
        WireReader reader = Call(writer);
        reader.Skip(4);
        return ReadBrokers(ref reader).Count > 0;
    }

    /// <summary>Sends a request that was made elsewhere, and takes its answer without looking into it.</summary>
    internal byte[] Exchange(params ReadOnlySpan<byte[]> parts)
    {
        foreach (byte[] part in parts)
        {
            for (int sent = 0; sent < part.Length;)
            {
                sent += _socket.Send(part.AsSpan(sent));
            }
        }

        byte[] size = ReadExactly(4);
        return ReadExactly(BinaryPrimitives.ReadInt32BigEndian(size));
    }

    public void Dispose() => _socket.Dispose();

    private static Dictionary<int, IPEndPoint> ReadBrokers(ref WireReader reader)
    {
        Dictionary<int, IPEndPoint> brokers = [];
        for (int left = reader.ReadArrayLength(compact: false); left > 0; left--)
        {
            int id = reader.ReadInt32();
            string host = reader.ReadString(compact: false);
            brokers[id] = BrokerAddress.Resolve(host, reader.ReadInt32());
            reader.ReadNullableString(compact: false);
        }

        return brokers;
    }

    private static void SkipIds(ref WireReader reader) => reader.Skip((uint)reader.ReadArrayLength(compact: false, 4) * 4);

    /// <summary>The response's body, behind its correlation id.</summary>
    private WireReader Call(WireWriter writer)
    {
        WireReader reader = new(Exchange(RequestFrames.End(writer, 0)));
        reader.Skip(4);
        return reader;
    }

    private byte[] ReadExactly(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int received = _socket.Receive(bytes.AsSpan(have));
            have += received > 0 ? received : throw new LoadException("the broker closed a connection");
        }

        return bytes;
    }
}
