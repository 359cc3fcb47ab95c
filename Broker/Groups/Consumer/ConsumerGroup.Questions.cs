using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

internal sealed partial class ConsumerGroup
{
    /// <summary>From this version on a commit says a member's epoch.</summary>
    private const short EpochCommitVersion = 9;

    private const sbyte ClassicMemberType = 0;
    private const sbyte ConsumerMemberType = 1;

    /// <summary>The group as ConsumerGroupDescribe tells it: what a member has still to give back is its own yet.</summary>
    public ConsumerGroupDescribeResponse.DescribedGroup Describe(ClusterSnapshot cluster, ConsumerGroupSettings settings) => new()
    {
        GroupId = groupId,
        GroupState = State.Name,
        GroupEpoch = State.Epoch,
        AssignmentEpoch = State.AssignmentEpoch,
        AssignorName = Rebalance.PreferredAssignor(State, settings),
        Members =
        [
            .. State.Members.Values.Select(member => new ConsumerGroupDescribeResponse.DescribedGroup.Member
            {
                MemberId = member.MemberId,
                InstanceId = member.InstanceId,
                RackId = member.RackId,
                MemberEpoch = member.Epoch,
                ClientId = member.Origin.ClientId,
                ClientHost = member.Origin.Host,
                SubscribedTopicNames = member.Topics,
                SubscribedTopicRegex = member.Expression ?? "",
                Assignment = Named(member.Assigned.ToPartitions().Union(member.PendingRevocation.ToPartitions()), cluster),
                TargetAssignment = Named(State.Target(member.MemberId), cluster),
                MemberType = member.Classic is null ? ConsumerMemberType : ClassicMemberType,
            }),
        ],
    };

    /// <summary>Whether any member subscribes to a topic, by name or by an expression that matched it.</summary>
    public bool IsSubscribedTo(string topic) => SubscribedTopics().Contains(topic);

    /// <summary>
    /// Whether a commit is taken. A member that lags behind its epoch may still commit what it held in that epoch already and
    /// holds yet (KIP-1251).
    /// </summary>
    /// <param name="memberId">Empty where the commit does not say.</param>
    /// <param name="epoch">The member's epoch, its generation, or -1.</param>
    /// <param name="partitions">Looked at only where the epoch is not the member's.</param>
    public ErrorCode ValidateOffsetCommit(
        string memberId,
        string? instanceId,
        int epoch,
        bool isTransactional,
        short version,
        IEnumerable<(Guid Topic, int Partition)> partitions)
    {
        bool isOutside = epoch < 0 && IsEmpty;
        bool isPlainTransaction = isTransactional && epoch == -1 && memberId.Length == 0 && instanceId is null;
        if (isOutside || isPlainTransaction)
        {
            return ErrorCode.None;
        }

        if (State.Member(memberId) is not { } member)
        {
            return ErrorCode.UnknownMemberId;
        }

        if (!isTransactional && member.Classic is null && version < EpochCommitVersion)
        {
            return ErrorCode.UnsupportedVersion;
        }

        bool isTaken = epoch == member.Epoch
            || (epoch < member.Epoch && partitions.All(each => HeldSince(member, each.Topic, each.Partition) <= epoch));
        return isTaken ? ErrorCode.None : Stale(member);
    }

    /// <param name="memberId">Null or empty where the request does not say.</param>
    public ErrorCode ValidateOffsetFetch(string? memberId, int epoch) =>
        string.IsNullOrEmpty(memberId) && epoch < 0 ? ErrorCode.None
        : State.Member(memberId ?? "") is not { } member ? ErrorCode.UnknownMemberId
        : epoch == member.Epoch ? ErrorCode.None
        : Stale(member);

    private HashSet<string> SubscribedTopics()
    {
        if (!ReferenceEquals(_topics?.Of, State))
        {
            _topics = (State, new Subscriptions(State, ClusterSnapshot.Empty).Names());
        }

        return _topics.Value.Topics;
    }

    private static ErrorCode Stale(ConsumerMember member) =>
        member.Classic is null ? ErrorCode.StaleMemberEpoch : ErrorCode.IllegalGeneration;

    /// <summary>Null, which is not before any epoch, where it is not held.</summary>
    private static int? HeldSince(ConsumerMember member, Guid topic, int partition) =>
        member.Assigned.EpochOf(topic, partition) ?? member.PendingRevocation.EpochOf(topic, partition);

    private static ConsumerGroupDescribeResponse.AssignmentData Named(MemberPartitions partitions, ClusterSnapshot cluster) => new()
    {
        TopicPartitions =
        [
            .. from topic in partitions.Topics
               let known = cluster.Topic(topic.Key)
               where known is not null
               select new ConsumerGroupDescribeResponse.TopicPartitionsData
               {
                   TopicId = topic.Key,
                   TopicName = known.Name,
                   Partitions = [.. topic.Value],
               },
        ],
    };
}
