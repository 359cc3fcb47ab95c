using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>
/// ◆ A member that speaks the consumer protocol (KIP-848), as Java's client does: a heartbeat an interval, as long as the
/// coordinator says, and one at once after an assignment that changes what it owns, which says so.
/// </summary>
internal sealed class ConsumerMember : GroupMember
{
    private const short Version = 1;
    private readonly string _topic;
    private readonly string _memberId = Guid.NewGuid().ToString();
    private Guid _topicId;
    private int _told;
    private bool _isLeaving;

    /// <param name="groupId">The group.</param>
    /// <param name="topic">What it subscribes to.</param>
    /// <param name="firstAt">When it joins.</param>
    internal ConsumerMember(string groupId, string topic, long firstAt)
        : base(groupId)
    {
        _topic = topic;
        DueAt = firstAt;
    }

    /// <summary>Its member epoch; 0 until it has joined.</summary>
    internal int Epoch { get; private set; }

    /// <summary>The partitions that it owns; what it was told to give up is given up at once.</summary>
    internal int[] Owned { get; private set; } = [];

    /// <summary>Whether the coordinator knows what it owns.</summary>
    internal bool HasReported => _told == Owned.Length && DueAt != Never;

    internal bool HasLeft { get; private set; }

    /// <summary>The next request says that it leaves.</summary>
    internal void Leave(long now)
    {
        _isLeaving = true;
        DueAt = now;
    }

    internal override void Take(Memory<byte> answer, long now)
    {
        ConsumerGroupHeartbeatResponse response = MessageFrame.Read<ConsumerGroupHeartbeatResponse>(answer, Version);
        if (response.ErrorCode != ErrorCode.None)
        {
            throw new LoadException($"the coordinator answers a heartbeat with {response.ErrorCode}: {response.ErrorMessage}");
        }

        if (_isLeaving)
        {
            HasLeft = true;
            return;
        }

        Epoch = response.MemberEpoch;
        DueAt = AskedAt + (response.HeartbeatIntervalMs * 1_000_000L);
        if (response.Assignment is { } assignment && !Assigned(assignment).AsSpan().SequenceEqual(Owned))
        {
            Owned = Assigned(assignment);
            _topicId = assignment.TopicPartitions.FirstOrDefault()?.TopicId ?? _topicId;
            _told = -1;
            DueAt = now;
        }
    }

    private protected override byte[] Next(int correlationId)
    {
        bool isJoining = Epoch == 0 && !_isLeaving;
        ConsumerGroupHeartbeatRequest request = new()
        {
            GroupId = GroupId,
            MemberId = _memberId,
            MemberEpoch = _isLeaving ? -1 : Epoch,
            RebalanceTimeoutMs = isJoining ? 300_000 : -1,
            SubscribedTopicNames = isJoining ? [_topic] : null,
            TopicPartitions = isJoining ? [] : _told < 0 ? Report() : null,
        };
        _told = Owned.Length;
        return MessageFrame.Write(request, Version, correlationId);
    }

    private static int[] Assigned(ConsumerGroupHeartbeatResponse.AssignmentData assignment) =>
        [.. assignment.TopicPartitions.SelectMany(topic => topic.Partitions).Order()];

    private ConsumerGroupHeartbeatRequest.TopicPartitionsData[] Report() =>
        Owned.Length == 0 ? [] : [new() { TopicId = _topicId, Partitions = Owned }];
}
