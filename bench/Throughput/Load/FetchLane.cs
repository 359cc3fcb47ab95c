using System.Buffers.Binary;
using System.Net;
using KLog.Protocol;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// One connection that fetches one partition, one request after the other. It looks at the batches' headers only; where
/// all batches are known to be alike, at the first header only, and the kernel throws the rest away without copying it
/// (MSG_TRUNC), so that the processor is the broker's. A batch that is not the expected one shows in the next response.
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
    private readonly BatchTemplate? _allAlike;
    private int _sent;
    private int _have;

    /// <param name="address">The partition's leader.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="waitMs">How long the broker may keep a request that finds nothing.</param>
    /// <param name="maxBytes">Bytes of batches in one response.</param>
    /// <param name="allAlike">What all batches of the partition are copies of; null when they are not.</param>
    internal FetchLane(IPEndPoint address, string topic, int partition, int waitMs, int maxBytes, BatchTemplate? allAlike = null)
    {
        _allAlike = allAlike;
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
        int looked = _allAlike is null ? _received.Length : _headLength + BatchTemplate.HeaderSize;
        _have += _have < looked
            ? _socket.Receive(_received.Start + _have, looked - _have)
            : _socket.Discard(ResponseLength - _have);
        if (_have < 4 || _have < ResponseLength)
        {
            return false;
        }

        ReadOnlySpan<byte> batches = CheckHead();
        if (_allAlike is { } template && ResponseLength > looked)
        {
            PassOver(template, batches, ResponseLength - _headLength);
        }
        else
        {
            Walk(batches);
        }

        return true;
    }

    private int ResponseLength => 4 + BinaryPrimitives.ReadInt32BigEndian(_received.Span);

    public void Dispose()
    {
        _socket.Dispose();
        _request.Dispose();
        _received.Dispose();
    }

    /// <summary>The batches as far as they were received.</summary>
    private ReadOnlySpan<byte> CheckHead()
    {
        ReadOnlySpan<byte> response = _received.Span[..Math.Min(_have, _received.Length)];
        if (_have > ResponseLength || (_allAlike is null && ResponseLength > _received.Length))
        {
            throw new LoadException($"a fetch response has {ResponseLength} bytes, {_received.Length} are room");
        }

        ErrorCode whole = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response[12..]);
        ErrorCode error = whole == ErrorCode.None && response.Length >= _headLength
            ? (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response[_partitionErrorAt..])
            : whole;
        if (error != ErrorCode.None || response.Length < _headLength)
        {
            throw new LoadException($"the broker answers a fetch of partition {Partition} with {error}");
        }

        return response[_headLength..];
    }

    private void PassOver(BatchTemplate template, ReadOnlySpan<byte> first, int length)
    {
        long offset = BinaryPrimitives.ReadInt64BigEndian(first);
        int size = 12 + BinaryPrimitives.ReadInt32BigEndian(first[BatchTemplate.LengthAt..]);
        if (offset != Position || size != template.Bytes.Length)
        {
            throw new LoadException($"a fetch from offset {Position} brings offset {offset} in {size} bytes");
        }

        int whole = length / size;
        Position += (long)whole * template.Records;
        BytesFetched += (long)whole * size;
        RecordsFetched += (long)whole * template.Records;
    }

    private void Walk(ReadOnlySpan<byte> batches)
    {
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
