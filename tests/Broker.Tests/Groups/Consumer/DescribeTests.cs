using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Groups.Consumer;

public sealed class DescribeTests
{
    private readonly GroupUnderTest _group = new(("a", 2), ("b", 1));

    [Fact]
    public void A_group_is_told_with_its_members()
    {
        _group.Beat("m", 0, request =>
        {
            request.SubscribedTopicNames = ["a"];
            request.SubscribedTopicRegex = "b+";
            request.RackId = "r";
            request.InstanceId = "i";
            request.ServerAssignor = "range";
        });
        _group.ClassicJoin("c", ["a"]);
        _group.Beat("m", 1, request => request.InstanceId = "i");
        var told = _group.Group.Describe(_group.Cluster, _group.Settings);
        Assert.Equal(("g", "Reconciling", 2, 2, "range"), (told.GroupId, told.GroupState, told.GroupEpoch, told.AssignmentEpoch, told.AssignorName));

        var member = told.Members.Single(each => each.MemberId == "m");
        Assert.Equal(("i", "r", 1, "c", "/h", 1), (member.InstanceId, member.RackId, member.MemberEpoch, member.ClientId, member.ClientHost, member.MemberType));
        Assert.Equal(["a"], member.SubscribedTopicNames);
        Assert.Equal("b+", member.SubscribedTopicRegex);
        Assert.Equal("a:0,1 b:0", Text(member.Assignment));
        Assert.Equal("a:1 b:0", Text(member.TargetAssignment));

        member = told.Members.Single(each => each.MemberId == "c");
        Assert.Equal((0, "", "a:0"), (member.MemberType, Text(member.Assignment), Text(member.TargetAssignment)));
    }

    [Fact]
    public void The_assignor_is_the_one_that_most_ask_for()
    {
        Assert.Equal("uniform", Assignor());
        Ask("m", "range");
        Assert.Equal("range", Assignor());
        Ask("n", "uniform");
        Assert.Equal("uniform", Assignor());
        Ask("o", "range");
        Assert.Equal("range", Assignor());
    }

    private void Ask(string member, string assignor) => _group.Beat(member, 0, request =>
    {
        request.SubscribedTopicNames = ["a"];
        request.ServerAssignor = assignor;
    });

    private string Assignor() => _group.Group.Describe(_group.Cluster, _group.Settings).AssignorName;

    private static string Text(ConsumerGroupDescribeResponse.AssignmentData assignment) => string.Join(
        ' ', assignment.TopicPartitions.Select(topic => $"{topic.TopicName}:{string.Join(',', topic.Partitions)}").Order());
}
