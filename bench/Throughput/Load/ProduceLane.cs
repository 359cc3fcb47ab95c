using System.Buffers.Binary;
using System.Net;
using KLog.Bench.Throughput.Statistics;
using KLog.Protocol;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// One connection that produces the same batch to its partitions in turn. Requests are first asked for, which starts
/// their clock, then handed to the kernel as far as it takes them, then acknowledged in order.
/// <code>
/// asked ≥ sent ≥ acknowledged; asked − acknowledged are in flight
/// response: int32 size | int32 correlation id | 1 topic: name | 1 partition: index | int16 error
///           int64 base offset | int64 append time | int64 log start | int32 throttle time
/// </code>
/// </summary>
internal sealed unsafe class ProduceLane : IDisposable
{
    private const int SlicesMax = 64;
    private readonly LoadSocket _socket;
    private readonly FixedBytes[] _heads;
    private readonly FixedBytes _body;
    private readonly FixedBytes _received = new(1 << 16);
    private readonly long[] _askedAt;
    private readonly long[] _nextOffset;
    private readonly int _records;
    private readonly long _frameLength;
    private readonly int _responseLength;
    private readonly int _errorAt;
    private long _sentBytes;
    private int _have;

    /// <param name="address">The broker that leads all of <paramref name="partitions"/>.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">The partitions that get a batch in turn; nobody else may write to them.</param>
    /// <param name="batch">The batch, whose bytes are <paramref name="body"/>.</param>
    /// <param name="body">Shared by all lanes, and not disposed of here.</param>
    /// <param name="inFlightMax">Requests in flight at most.</param>
    internal ProduceLane(IPEndPoint address, string topic, int[] partitions, BatchTemplate batch, FixedBytes body, int inFlightMax)
    {
        _socket = new LoadSocket(address);
        _heads = [.. partitions.Select(p => new FixedBytes(RequestFrames.ProduceHead(topic, p, body.Length, acks: 1)))];
        _body = body;
        _askedAt = new long[inFlightMax];
        _nextOffset = new long[partitions.Length];
        _nextOffset.AsSpan().Fill(-1);
        _records = batch.Records;
        _frameLength = _heads[0].Length + body.Length;
        _errorAt = 4 + 4 + 4 + 2 + topic.Length + 4 + 4;
        _responseLength = _errorAt + 2 + 8 + 8 + 8 + 4;
    }

    internal int Descriptor => _socket.Descriptor;

    internal long Asked { get; private set; }

    internal long Acknowledged { get; private set; }

    internal bool HasRoom => Asked - Acknowledged < _askedAt.Length;

    /// <summary>Whether the kernel has not taken all that was asked for.</summary>
    internal bool IsBlocked => _sentBytes < Asked * _frameLength;

    /// <summary>The wait of each request, from when it was asked for to its acknowledgement, in nanoseconds.</summary>
    internal LatencyHistogram Waits { get; } = new();

    /// <summary>When the request with this number was asked for, as long as no later one has taken its place.</summary>
    internal long AskedAt(long request) => _askedAt[request % _askedAt.Length];

    /// <param name="since">Where the request's clock starts.</param>
    internal void Ask(long since) => _askedAt[Asked++ % _askedAt.Length] = since;

    /// <summary>Hands over as much as the kernel takes now, in one call.</summary>
    internal void Send()
    {
        if (!IsBlocked)
        {
            return;
        }

        Linux.Slice* slices = stackalloc Linux.Slice[SlicesMax];
        int count = 0;
        long frame = _sentBytes / _frameLength;
        long at = _sentBytes % _frameLength;
        for (; frame < Asked && count <= SlicesMax - 2; frame++, at = 0)
        {
            FixedBytes head = _heads[frame % _heads.Length];
            long inHead = Math.Min(at, head.Length);
            long inBody = at - inHead;
            slices[count++] = new Linux.Slice { Start = head.Start + inHead, Length = (nuint)(head.Length - inHead) };
            slices[count++] = new Linux.Slice { Start = _body.Start + inBody, Length = (nuint)(_body.Length - inBody) };
        }

        _sentBytes += _socket.Send(slices, count);
    }

    /// <summary>Takes acknowledgements in, and checks each: its error code, and that its offsets follow on.</summary>
    internal void Receive(long now)
    {
        _have += _socket.Receive(_received.Start + _have, _received.Length - _have);
        ReadOnlySpan<byte> bytes = _received.Span[.._have];
        while (bytes.Length >= _responseLength)
        {
            Check(bytes);
            Waits.Record(now - AskedAt(Acknowledged));
            Acknowledged++;
            bytes = bytes[_responseLength..];
        }

        bytes.CopyTo(_received.Span);
        _have = bytes.Length;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _received.Dispose();
        foreach (FixedBytes head in _heads)
        {
            head.Dispose();
        }
    }

    private void Check(ReadOnlySpan<byte> response)
    {
        int size = BinaryPrimitives.ReadInt32BigEndian(response);
        if (size != _responseLength - 4)
        {
            throw new LoadException($"a produce response has {size} bytes, not {_responseLength - 4}");
        }

        ErrorCode error = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response[_errorAt..]);
        if (error != ErrorCode.None)
        {
            throw new LoadException($"the broker answers a produce request with {error}");
        }

        long offset = BinaryPrimitives.ReadInt64BigEndian(response[(_errorAt + 2)..]);
        ref long expected = ref _nextOffset[Acknowledged % _nextOffset.Length];
        if (offset < 0 || (expected >= 0 && offset != expected))
        {
            throw new LoadException($"a batch got offset {offset}, where {expected} was next");
        }

        expected = offset + _records;
    }
}
