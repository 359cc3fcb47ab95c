using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>
/// ◆ A consumer of the classic protocol: it joins, the leader shares the partitions out, and then it says that it lives, an
/// interval apart and at a time of its own, until it is called to join again.
/// </summary>
internal sealed class ClassicMember : GroupMember
{
    private const short JoinVersion = 7;
    private const short SyncVersion = 5;
    private const short HeartbeatVersion = 4;
    private const short LeaveVersion = 4;
    private readonly ClassicTerms _terms;
    private readonly Random _random;
    private string[] _members = [];
    private string _memberId = "";
    private Step _step;
    private bool _isSilenced;

    /// <param name="groupId">The group.</param>
    /// <param name="terms">What all members have in common.</param>
    /// <param name="firstAt">When it joins.</param>
    /// <param name="random">Decides when in an interval its heartbeats are.</param>
    internal ClassicMember(string groupId, ClassicTerms terms, long firstAt, Random random)
        : base(groupId)
    {
        _terms = terms;
        _random = random;
        DueAt = firstAt;
    }

    private enum Step
    {
        Join,
        Sync,
        Heartbeat,
        Leave,
        Gone,
    }

    internal int Generation { get; private set; }

    /// <summary>What the leader gave it in this generation; empty while it is being rebalanced.</summary>
    internal int[] Partitions { get; private set; } = [];

    /// <summary>When it got them.</summary>
    internal long AssignedAt { get; private set; }

    /// <summary>When it was last heard of by the coordinator, and answered, if it is silent since.</summary>
    internal long? SilentSince { get; private set; }

    internal bool IsStable => _step == Step.Heartbeat;

    internal bool HasLeft => _step == Step.Gone;

    /// <summary>Whether its last request was a sign of life.</summary>
    internal bool IsHeartbeat => _step == Step.Heartbeat;

    /// <summary>It is killed right after the answer to its next heartbeat: the worst time.</summary>
    internal void Silence() => _isSilenced = true;

    /// <summary>It takes its leave, unless it waits for an answer.</summary>
    internal void Leave(long now)
    {
        _step = Step.Leave;
        DueAt = now;
    }

    internal override void Take(Memory<byte> answer, long now)
    {
        switch (_step)
        {
            case Step.Join:
                Take(MessageFrame.Read<JoinGroupResponse>(answer, JoinVersion), now);
                break;
            case Step.Sync:
                Take(MessageFrame.Read<SyncGroupResponse>(answer, SyncVersion), now);
                break;
            case Step.Heartbeat:
                Take(MessageFrame.Read<HeartbeatResponse>(answer, HeartbeatVersion).ErrorCode, now);
                break;
            default:
                _step = Step.Gone;
                break;
        }
    }

    private protected override byte[] Next(int correlationId) => _step switch
    {
        Step.Join => MessageFrame.Write(Join(), JoinVersion, correlationId),
        Step.Sync => MessageFrame.Write(Sync(), SyncVersion, correlationId),
        Step.Heartbeat => MessageFrame.Write(
            new HeartbeatRequest { GroupId = GroupId, MemberId = _memberId, GenerationId = Generation }, HeartbeatVersion, correlationId),
        _ => MessageFrame.Write(
            new LeaveGroupRequest { GroupId = GroupId, Members = [new() { MemberId = _memberId }] }, LeaveVersion, correlationId),
    };

    private void Take(JoinGroupResponse response, long now)
    {
        if (response.ErrorCode is not (ErrorCode.None or ErrorCode.MemberIdRequired))
        {
            throw new LoadException($"the coordinator answers a join with {response.ErrorCode}");
        }

        _memberId = response.MemberId;
        Generation = response.GenerationId;
        _members = [.. response.Members.Select(member => member.MemberId).Order(StringComparer.Ordinal)];
        _step = response.ErrorCode == ErrorCode.None ? Step.Sync : Step.Join;
        DueAt = now;
    }

    private void Take(SyncGroupResponse response, long now)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            Rejoin(response.ErrorCode, now);
            return;
        }

        ConsumerProtocolAssignment assignment = Versioned.Read<ConsumerProtocolAssignment>(response.Assignment.ToArray());
        Partitions = [.. assignment.AssignedPartitions.SelectMany(topic => topic.Partitions)];
        AssignedAt = now;
        _members = [];
        _step = Step.Heartbeat;
        DueAt = now + (long)(_random.NextDouble() * _terms.HeartbeatIntervalMs * 1e6);
    }

    private void Take(ErrorCode error, long now)
    {
        if (error != ErrorCode.None)
        {
            Rejoin(error, now);
        }
        else if (_isSilenced)
        {
            SilentSince = now;
        }
        else
        {
            DueAt = AskedAt + (_terms.HeartbeatIntervalMs * 1_000_000L);
        }
    }

    private void Rejoin(ErrorCode error, long now)
    {
        if (error != ErrorCode.RebalanceInProgress)
        {
            throw new LoadException($"the coordinator puts a member out with {error}");
        }

        Partitions = [];
        _step = Step.Join;
        DueAt = now;
    }

    private JoinGroupRequest Join() => new()
    {
        GroupId = GroupId,
        MemberId = _memberId,
        SessionTimeoutMs = _terms.SessionTimeoutMs,
        RebalanceTimeoutMs = 300_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = _terms.Subscription }],
    };

    /// <summary>Only the leader was told who the members are; it gives out the partitions in turn.</summary>
    private SyncGroupRequest Sync() => new()
    {
        GroupId = GroupId,
        MemberId = _memberId,
        GenerationId = Generation,
        ProtocolType = "consumer",
        ProtocolName = "range",
        Assignments =
        [
            .. _members.Select((member, at) => new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = member,
                Assignment = _terms.Assignment(at, _members.Length),
            }),
        ],
    };
}

/// <summary>◆ What all classic members of a run have in common.</summary>
internal sealed record ClassicTerms(string Topic, int PartitionCount, int SessionTimeoutMs, int HeartbeatIntervalMs)
{
    /// <summary>What a member says of itself when it joins.</summary>
    internal byte[] Subscription { get; } =
        Versioned.Write(new ConsumerProtocolSubscription { Topics = [Topic] }, version: 1);

    /// <summary>The share of one of <paramref name="count"/> members.</summary>
    internal byte[] Assignment(int member, int count)
    {
        int[] partitions = [.. Enumerable.Range(0, PartitionCount).Where(p => p % count == member)];
        return Versioned.Write(
            new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = Topic, Partitions = partitions }] }, version: 1);
    }
}
