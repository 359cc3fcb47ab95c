using System.Buffers.Binary;
using System.Net;
using KLog.Protocol;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// One connection that fetches one partition, one request after the other, and looks at the batches' headers only.
/// <code>
/// response: int32 size | int32 correlation id | int32 throttle time | int16 error | int32 session
///           1 topic: name | 1 partition: index | int16 error | int64 high watermark | int64 last stable | int64 log start
///           no aborted transactions | int32 preferred replica | int32 length | batches, the last possibly cut off
/// </code>
/// </summary>
internal sealed unsafe class FetchLane : IDisposable
{
    private readonly LoadSocket _socket;
    private readonly FixedBytes _request;
    private readonly FixedBytes _received;
    private readonly int _offsetAt;
    private readonly int _partitionErrorAt;
    private readonly int _headLength;
    private int _sent;
    private int _have;

    /// <param name="address">The partition's leader.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="waitMs">How long the broker may keep a request that finds nothing.</param>
    /// <param name="maxBytes">Bytes of batches in one response.</param>
    internal FetchLane(IPEndPoint address, string topic, int partition, int waitMs, int maxBytes)
    {
        _socket = new LoadSocket(address);
        Partition = partition;
        _request = new FixedBytes(RequestFrames.Fetch(topic, partition, waitMs, maxBytes, out _offsetAt));
        _partitionErrorAt = 4 + 4 + 4 + 2 + 4 + 4 + 2 + topic.Length + 4 + 4;
        _headLength = _partitionErrorAt + 2 + 8 + 8 + 8 + 4 + 4 + 4;
        _received = new FixedBytes(_headLength + maxBytes + (2 << 20));
        _sent = _request.Length;
    }

    internal int Partition { get; }

    internal int Descriptor => _socket.Descriptor;

    internal bool IsBlocked => _sent < _request.Length;

    /// <summary>The offset to read next.</summary>
    internal long Position { get; private set; }

    /// <summary>Batch bytes, whole batches only.</summary>
    internal long BytesFetched { get; private set; }

    internal long RecordsFetched { get; private set; }

    internal void Ask(long offset)
    {
        Position = offset;
        BinaryPrimitives.WriteInt64BigEndian(_request.Span[_offsetAt..], offset);
        _sent = 0;
        _have = 0;
    }

    internal void Send()
    {
        Linux.Slice rest = new() { Start = _request.Start + _sent, Length = (nuint)(_request.Length - _sent) };
        _sent += (int)_socket.Send(&rest, 1);
    }

    /// <summary>Takes in what has come. True when the response is whole: <see cref="Position"/> is then behind it.</summary>
    internal bool Receive()
    {
        _have += _socket.Receive(_received.Start + _have, _received.Length - _have);
        if (_have < 4)
        {
            return false;
        }

        int length = 4 + BinaryPrimitives.ReadInt32BigEndian(_received.Span);
        if (length > _received.Length || _have > length)
        {
            throw new LoadException($"a fetch response has {length} bytes, {_received.Length} are room");
        }

        if (_have < length)
        {
            return false;
        }

        Walk(_received.Span[..length]);
        return true;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _request.Dispose();
        _received.Dispose();
    }

    private void Walk(ReadOnlySpan<byte> response)
    {
        ErrorCode whole = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response[12..]);
        ErrorCode error = whole == ErrorCode.None && response.Length >= _headLength
            ? (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response[_partitionErrorAt..])
            : whole;
        if (error != ErrorCode.None || response.Length < _headLength)
        {
            throw new LoadException($"the broker answers a fetch of partition {Partition} with {error}");
        }

        ReadOnlySpan<byte> batches = response[_headLength..];
        while (batches.Length >= BatchTemplate.HeaderSize)
        {
            int size = 12 + BinaryPrimitives.ReadInt32BigEndian(batches[BatchTemplate.LengthAt..]);
            if (batches.Length < size)
            {
                break;
            }

            long last = BinaryPrimitives.ReadInt64BigEndian(batches)
                + BinaryPrimitives.ReadInt32BigEndian(batches[BatchTemplate.LastOffsetDeltaAt..]);
            if (last < Position)
            {
                throw new LoadException($"a fetch from offset {Position} brings offset {last}");
            }

            Position = last + 1;
            BytesFetched += size;
            RecordsFetched += BinaryPrimitives.ReadInt32BigEndian(batches[BatchTemplate.RecordCountAt..]);
            batches = batches[size..];
        }
    }
}
