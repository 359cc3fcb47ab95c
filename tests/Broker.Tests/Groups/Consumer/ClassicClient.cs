using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>Requests as a consumer of the classic protocol makes them.</summary>
internal static class ClassicClient
{
    private static readonly ClientOrigin Origin = new("c", "/h");

    public static byte[] Subscription(string[] topics, string owned = "") => Versioned.Write(
        new ConsumerProtocolSubscription
        {
            Topics = topics,
            OwnedPartitions =
            [
                .. owned.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(topic => topic.Split(':')).Select(topic =>
                    new ConsumerProtocolSubscription.TopicPartition
                    {
                        Topic = topic[0],
                        Partitions = [.. topic[1].Split(',').Select(int.Parse)],
                    }),
            ],
        },
        version: 1);

    public static byte[] Assignment(string text, byte[]? userData = null) => Versioned.Write(
        new ConsumerProtocolAssignment
        {
            AssignedPartitions =
            [
                .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(topic => topic.Split(':')).Select(topic =>
                    new ConsumerProtocolAssignment.TopicPartition
                    {
                        Topic = topic[0],
                        Partitions = [.. topic[1].Split(',').Select(int.Parse)],
                    }),
            ],
            UserData = userData,
        },
        version: 1);

    /// <summary>As <c>a:0,1 b:2</c>.</summary>
    public static string Text(ReadOnlyMemory<byte> assignment) => assignment.IsEmpty ? "" : string.Join(
        ' ',
        Versioned.Read<ConsumerProtocolAssignment>(assignment.ToArray()).AssignedPartitions
            .Select(topic => $"{topic.Topic}:{string.Join(',', topic.Partitions.Order())}")
            .Order());

    public static JoinGroupRequest Request(string member, string[] topics, string owned = "", string? instance = null) => new()
    {
        GroupId = "g",
        MemberId = member,
        GroupInstanceId = instance,
        ProtocolType = ConsumerGroup.ProtocolType,
        SessionTimeoutMs = 20_000,
        RebalanceTimeoutMs = 10_000,
        Protocols =
        [
            new() { Name = "cooperative-sticky", Metadata = Subscription(topics, owned) },
            new() { Name = "range", Metadata = Subscription(topics, owned) },
        ],
    };

    public static JoinGroupResponse ClassicJoin(
        this GroupUnderTest group, string member, string[] topics, string owned = "", string? instance = null, short version = 9) =>
        group.ClassicJoin(Request(member, topics, owned, instance), version);

    public static JoinGroupResponse ClassicJoin(this GroupUnderTest group, JoinGroupRequest request, short version = 9) =>
        group.Finish(group.Group.ClassicJoin(request, version, Origin, group.Context))
        ?? new() { ErrorCode = ErrorCode.CoordinatorNotAvailable };

    /// <summary>The assignment, or the error.</summary>
    public static string ClassicSync(this GroupUnderTest group, string member, int generation, string? instance = null)
    {
        SyncGroupResponse response = group.Group.ClassicSync(
            new SyncGroupRequest { GroupId = "g", MemberId = member, GenerationId = generation, GroupInstanceId = instance }, group.Context);
        return response.ErrorCode == ErrorCode.None ? Text(response.Assignment) : response.ErrorCode.ToString();
    }

    public static ErrorCode ClassicBeat(this GroupUnderTest group, string member, int generation, string? instance = null) =>
        group.Group.ClassicHeartbeat(member, instance, generation, group.Context);

    public static ErrorCode[]? ClassicLeave(this GroupUnderTest group, params (string Member, string? Instance)[] members) =>
        group.Finish(group.Group.ClassicLeave(
            [.. members.Select(each => new LeaveGroupRequest.MemberIdentity { MemberId = each.Member, GroupInstanceId = each.Instance })],
            group.Context));
}
