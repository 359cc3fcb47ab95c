using KLog.Broker.Groups;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Groups.Consumer;

public sealed class HeartbeatErrorTests
{
    private readonly GroupUnderTest _group = new(("a", 4));

    public static TheoryData<string, string> BadRequests => new()
    {
        { "group", "GroupId can't be empty." },
        { "instance", "InstanceId can't be empty." },
        { "rack", "RackId can't be empty." },
        { "epoch", "MemberEpoch is invalid." },
        { "member", "MemberId can't be empty." },
        { "timeout", "RebalanceTimeoutMs must be provided in first request." },
        { "owned", "TopicPartitions must be empty when (re-)joining." },
        { "unowned", "TopicPartitions must be empty when (re-)joining." },
        { "topics", "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining." },
        { "static", "InstanceId can't be null." },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public void A_bad_request_is_told_what_is_wrong(string what, string message)
    {
        var response = _group.Beat("m", 0, request =>
        {
            request.SubscribedTopicNames = ["a"];
            Spoil(request, what);
        });
        Assert.Equal(ErrorCode.InvalidRequest, response.ErrorCode);
        Assert.Equal(message, response.ErrorMessage);
        Assert.False(_group.Group.IsInLog);
    }

    [Fact]
    public void An_old_client_gets_its_id_from_the_coordinator()
    {
        ConsumerGroupHeartbeatRequest request = new()
        {
            GroupId = "g",
            RebalanceTimeoutMs = 1,
            SubscribedTopicNames = ["a"],
            TopicPartitions = [],
        };
        var outcome = _group.Group.Heartbeat(request, version: 0, new ClientOrigin("c", "/h"), _group.Context);
        Assert.Equal("id1", outcome.Response.MemberId);
        outcome = _group.Group.Heartbeat(request, version: 1, new ClientOrigin("c", "/h"), _group.Context);
        Assert.Equal(ErrorCode.InvalidRequest, outcome.Response.ErrorCode);
    }

    [Fact]
    public void An_unknown_assignor_is_refused()
    {
        var response = _group.Beat("m", 0, request =>
        {
            request.SubscribedTopicNames = ["a"];
            request.ServerAssignor = "best";
        });
        Assert.Equal(ErrorCode.UnsupportedAssignor, response.ErrorCode);
        Assert.Equal("ServerAssignor best is not supported. Supported assignors: uniform, range.", response.ErrorMessage);
    }

    [Fact]
    public void A_full_group_takes_nobody()
    {
        _group.Settings = _group.Settings with { MaxSize = 1 };
        _group.Join("m", "a");
        Assert.Equal(ErrorCode.GroupMaxSizeReached, _group.Join("n", "a").ErrorCode);
        Assert.Equal(ErrorCode.None, _group.Join("m", "a").ErrorCode);
    }

    [Fact]
    public void Who_is_not_a_member_is_told_so()
    {
        _group.Join("m", "a");
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Beat("n", 1).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Leave("n").ErrorCode);
    }

    [Fact]
    public void A_member_in_another_epoch_is_fenced()
    {
        Advance();
        Assert.Equal(ErrorCode.FencedMemberEpoch, _group.Beat("m", 4, owned: "").ErrorCode);
        Assert.Equal(ErrorCode.FencedMemberEpoch, _group.Beat("m", 1, owned: "").ErrorCode);
        Assert.Equal(ErrorCode.FencedMemberEpoch, _group.Beat("m", 2).ErrorCode);
        Assert.Equal(ErrorCode.FencedMemberEpoch, _group.Beat("m", 2, owned: "x:0").ErrorCode);
    }

    [Fact]
    public void A_member_that_lost_its_answer_goes_on_from_the_epoch_before()
    {
        Advance();
        Assert.Equal("3 =", _group.Text(_group.Beat("m", 2, owned: "a:0")));
    }

    [Fact]
    public void A_fenced_member_joins_again_and_has_what_it_had()
    {
        Advance();
        Assert.Equal("3 a:0,1,2,3", _group.Text(_group.Join("m", "a")));
    }

    [Fact]
    public void Who_joins_anew_has_given_everything_back()
    {
        _group.Join("m", "a");
        _group.Join("n", "a");
        _group.Beat("m", 1);
        Assert.Equal("2 a:0,2", _group.Text(_group.Join("m", "a")));
        Assert.Equal("2 a:1,3", _group.Text(_group.Beat("n", 2)));
    }

    /// <summary>To epoch 3, with 2 before it.</summary>
    private void Advance()
    {
        _group.Join("m", "a");
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a", 3)]);
        _group.Beat("m", 1, owned: "a:0,1,2");
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a", 4)]);
        Assert.Equal("3 a:0,1,2,3", _group.Text(_group.Beat("m", 2)));
    }

    private static void Spoil(ConsumerGroupHeartbeatRequest request, string what)
    {
        switch (what)
        {
            case "group": request.GroupId = " "; break;
            case "instance": request.InstanceId = ""; break;
            case "rack": request.RackId = ""; break;
            case "epoch": request.MemberEpoch = -3; break;
            case "member": request.MemberId = ""; break;
            case "timeout": request.RebalanceTimeoutMs = -1; break;
            case "owned": request.TopicPartitions = GroupUnderTest.Owned("a:0"); break;
            case "unowned": request.TopicPartitions = null; break;
            case "topics": request.SubscribedTopicNames = null; break;
            case "static": request.MemberEpoch = -2; break;
            default: Assert.Fail(what); break;
        }
    }
}
