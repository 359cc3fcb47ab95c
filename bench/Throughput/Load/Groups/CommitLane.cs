using System.Buffers.Binary;
using System.Net;
using KLog.Bench.Throughput.Statistics;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>
/// One group's connection, that commits one offset of one partition over and over, each when the last was acknowledged.
/// <code>
/// request:  … | int64 offset (counted up) | int32 leader epoch | string metadata
/// response: int32 size | int32 correlation id | int32 throttle time | 1 topic: name | 1 partition: index | int16 error
/// </code>
/// </summary>
internal sealed unsafe class CommitLane : IDisposable
{
    /// <summary>The newest with old strings.</summary>
    private const short Version = 7;

    /// <summary>Behind the offset: leader epoch, and the length of no metadata.</summary>
    private const int OffsetFromEnd = sizeof(long) + sizeof(int) + sizeof(short);

    private readonly LoadSocket _socket;
    private readonly FixedBytes _request;
    private readonly FixedBytes _response;
    private long _askedAt;
    private int _have;

    internal CommitLane(IPEndPoint coordinator, string groupId, string topic)
    {
        _socket = new LoadSocket(coordinator);
        _request = new FixedBytes(MessageFrame.Write(Commit(groupId, topic, [0]), Version, correlationId: 1));
        _response = new FixedBytes(4 + 4 + 4 + 4 + 2 + topic.Length + 4 + 4 + 2);
    }

    internal int Descriptor => _socket.Descriptor;

    internal long Committed { get; private set; }

    /// <summary>A commit without a member, as of a consumer that assigns its partitions itself.</summary>
    internal static OffsetCommitRequest Commit(string groupId, string topic, int[] partitions, long offset = 0) => new()
    {
        GroupId = groupId,
        Topics =
        [
            new()
            {
                Name = topic,
                Partitions = [.. partitions.Select(partition => new OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition
                {
                    PartitionIndex = partition,
                    CommittedOffset = offset,
                })],
            },
        ],
    };

    internal void Ask(long now)
    {
        _askedAt = now;
        BinaryPrimitives.WriteInt64BigEndian(_request.Span[^OffsetFromEnd..], Committed);
        Linux.Slice slice = new() { Start = _request.Start, Length = (nuint)_request.Length };
        if (_socket.Send(&slice, 1) != _request.Length)
        {
            throw new LoadException("the kernel has no room for a single request");
        }
    }

    /// <summary>Takes in what has come. Answers whether that was a whole acknowledgement.</summary>
    internal bool Receive(long now, LatencyHistogram waits)
    {
        _have += _socket.Receive(_response.Start + _have, _response.Length - _have);
        if (_have < _response.Length)
        {
            return false;
        }

        ErrorCode error = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(_response.Span[^sizeof(short)..]);
        if (error != ErrorCode.None || BinaryPrimitives.ReadInt32BigEndian(_response.Span) != _response.Length - sizeof(int))
        {
            throw new LoadException($"the broker answers a commit with {error}");
        }

        waits.Record(now - _askedAt);
        Committed++;
        _have = 0;
        return true;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _request.Dispose();
        _response.Dispose();
    }
}
