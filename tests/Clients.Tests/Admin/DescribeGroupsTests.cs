using KLog.Clients.Admin;
using KLog.Clients.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Clients.Tests.Admin;

/// <summary>Groups of either protocol are described alike.</summary>
public sealed class DescribeGroupsTests
{
    [Fact]
    public async Task A_group_is_asked_for_in_the_new_protocol_first_and_then_in_the_classic_one()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(request => new()
        {
            Groups = [.. request.GroupIds.Select(each => each == "new" ? Modern(each) : new() { GroupId = each, ErrorCode = ErrorCode.GroupIdNotFound })],
        });
        cluster.Brokers[0].On<DescribeGroupsRequest, DescribeGroupsResponse>(request => new()
        {
            Groups = [.. request.Groups.Select(each => each == "old" ? Classic(each) : new() { GroupId = each, ErrorCode = ErrorCode.GroupIdNotFound })],
        });
        await using AdminClient admin = cluster.Admin();
        var groups = await admin.DescribeGroupsAsync(["new", "old", "none"], CancellationToken.None);

        GroupDescription modern = groups["new"].Value;
        Assert.Equal((GroupType.Consumer, GroupState.Reconciling, 7, 6, "uniform"), (modern.Type, modern.State, modern.GroupEpoch, modern.AssignmentEpoch, modern.Assignor));
        MemberDescription member = Assert.Single(modern.Members);
        Assert.Equal([new("t", 0), new("t", 2)], member.Assignment);
        Assert.Equal([new TopicPartition("t", 2)], member.TargetAssignment);
        Assert.Equal((5, false), (member.Epoch, member.IsUpgraded));

        GroupDescription classic = groups["old"].Value;
        Assert.Equal((GroupType.Classic, GroupState.Stable, null, "range"), (classic.Type, classic.State, classic.GroupEpoch, classic.Assignor));
        Assert.Equal([new("a", 1), new("b", 0)], Assert.Single(classic.Members).Assignment);
        Assert.Equal(0, classic.Coordinator.Id);

        Assert.Equal("group 'none': it does not exist (GROUP_ID_NOT_FOUND)", groups["none"].Error?.Message);
        Assert.Equal(["old", "none"], Assert.Single(cluster.Brokers[0].Requests<DescribeGroupsRequest>()).Groups);
    }

    [Fact]
    public async Task A_broker_whose_new_protocol_is_switched_off_is_asked_in_the_classic_one()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(request => new()
        {
            Groups = [.. request.GroupIds.Select(each => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = each, ErrorCode = ErrorCode.UnsupportedVersion })],
        });
        cluster.Brokers[0].On<DescribeGroupsRequest, DescribeGroupsResponse>(request => new() { Groups = [.. request.Groups.Select(Classic)] });
        await using AdminClient admin = cluster.Admin();
        Assert.Equal(GroupType.Classic, (await admin.DescribeGroupsAsync(["g"], CancellationToken.None))["g"].Value.Type);
    }

    [Fact]
    public async Task A_dead_group_of_an_old_broker_does_not_exist()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<DescribeGroupsRequest, DescribeGroupsResponse>(
            request => new() { Groups = [new() { GroupId = request.Groups[0], GroupState = "Dead" }] }, max: 5);
        await using AdminClient admin = cluster.Admin();
        Assert.Equal(ErrorCode.GroupIdNotFound, (await admin.DescribeGroupsAsync(["g"], CancellationToken.None))["g"].Error?.ErrorCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0001FFFFFFF0")]
    [InlineData("000100000001000174")]
    [InlineData("FFFF00000000FFFFFFFF")]
    public void An_assignment_that_cannot_be_read_is_none(string hex) => Assert.Empty(ConsumerAssignment.Read(Convert.FromHexString(hex)));

    [Fact]
    public void An_assignment_of_a_later_version_is_read_as_far_as_it_is_known() =>
        Assert.Equal([new("a", 1), new("b", 0)], ConsumerAssignment.Read(Assignment(version: 9, tail: 12)));

    private static DescribeGroupsResponse.DescribedGroup Classic(string id) => new()
    {
        GroupId = id,
        GroupState = "Stable",
        ProtocolType = "consumer",
        ProtocolData = "range",
        Members = [new() { MemberId = "m", ClientId = "c", ClientHost = "/h", MemberAssignment = Assignment(version: 1, tail: 0) }],
    };

    private static ConsumerGroupDescribeResponse.DescribedGroup Modern(string id) => new()
    {
        GroupId = id,
        GroupState = "Reconciling",
        GroupEpoch = 7,
        AssignmentEpoch = 6,
        AssignorName = "uniform",
        Members =
        [
            new()
            {
                MemberId = "m",
                MemberEpoch = 5,
                MemberType = 0,
                Assignment = new() { TopicPartitions = [new() { TopicName = "t", Partitions = [2, 0] }] },
                TargetAssignment = new() { TopicPartitions = [new() { TopicName = "t", Partitions = [2] }] },
            },
        ],
    };

    private static byte[] Assignment(short version, int tail)
    {
        using WireWriter writer = new();
        writer.WriteInt16(version);
        new ConsumerProtocolAssignment
        {
            AssignedPartitions = [new() { Topic = "b", Partitions = [0] }, new() { Topic = "a", Partitions = [1] }],
        }.Write(writer, Math.Min(version, (short)3));
        writer.WriteRaw(new byte[tail]);
        return writer.Written.ToArray();
    }
}
