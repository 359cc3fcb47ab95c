using KLog.Broker.Groups.Consumer;
using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>Members that speak the classic protocol beside one that speaks the consumer protocol.</summary>
public sealed class ClassicMemberTests
{
    private readonly GroupUnderTest _group = new(("a", 4));

    public ClassicMemberTests() => Assert.Equal("1 a:0,1,2,3", _group.Text(_group.Join("m", "a")));

    [Fact]
    public void One_joins_and_takes_over_what_it_gets_step_by_step()
    {
        var joined = _group.ClassicJoin("n", ["a"]);
        Assert.Equal((ErrorCode.None, 2, "n"), (joined.ErrorCode, joined.GenerationId, joined.MemberId));
        Assert.Equal(("consumer", "cooperative-sticky", ""), (joined.ProtocolType, joined.ProtocolName, joined.Leader));
        Assert.Equal("", _group.ClassicSync("n", 2));

        // There is nothing for it until the other has given back; then it is called to join for it.
        Assert.Equal(ErrorCode.None, _group.ClassicBeat("n", 2));
        _group.Beat("m", 1);
        Assert.Equal(ErrorCode.None, _group.ClassicBeat("n", 2));
        _group.Beat("m", 1, owned: "a:0,2");
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat("n", 2));
        Assert.Equal(2, _group.ClassicJoin("n", ["a"]).GenerationId);
        Assert.Equal("a:1,3", _group.ClassicSync("n", 2));
        Assert.Equal(ErrorCode.None, _group.ClassicBeat("n", 2));
        Assert.Equal("Stable", _group.Group.State.Name);
    }

    [Fact]
    public void One_gives_back_before_it_goes_into_the_next_epoch()
    {
        Settle();
        _group.Join("o", "a");
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat("n", 2));
        Assert.Equal("RebalanceInProgress", _group.ClassicSync("n", 2));
        Assert.Equal(2, _group.ClassicJoin("n", ["a"], owned: "a:1,3").GenerationId);
        Assert.Equal(ReconciliationState.UnrevokedPartitions, _group.Member("n").State);
        Assert.Equal("a:1", _group.ClassicSync("n", 2));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat("n", 2));
        Assert.Equal(3, _group.ClassicJoin("n", ["a"], owned: "a:1").GenerationId);
        Assert.Equal("a:1", _group.ClassicSync("n", 3));
    }

    [Fact]
    public void One_that_does_not_come_when_it_is_called_is_taken_out()
    {
        Settle();
        _group.Join("o", "a");
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat("n", 2));
        _group.Pass(9_999);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat("n", 2));
        _group.Pass(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.ClassicBeat("n", 2));
    }

    [Fact]
    public void One_that_joins_and_asks_for_no_assignment_is_taken_out()
    {
        _group.ClassicJoin("n", ["a"]);
        _group.Pass(9_999);
        Assert.Equal(ErrorCode.None, _group.ClassicBeat("n", 2));
        _group.Pass(1);
        Assert.Null(_group.Group.State.Member("n"));
    }

    [Fact]
    public void Its_session_is_as_long_as_it_says()
    {
        Settle();
        _group.Pass(19_999);
        Assert.Equal(ErrorCode.None, _group.ClassicBeat("n", 2));
        _group.Pass(19_999);
        Assert.NotNull(_group.Group.State.Member("n"));
        _group.Beat("m", 2);
        _group.Pass(1);
        Assert.Null(_group.Group.State.Member("n"));
    }

    [Fact]
    public void A_nameless_one_is_sent_away_for_its_name()
    {
        var first = _group.ClassicJoin("", ["a"]);
        Assert.Equal((ErrorCode.MemberIdRequired, "id1"), (first.ErrorCode, first.MemberId));
        Assert.Equal(ErrorCode.None, _group.ClassicJoin("id1", ["a"]).ErrorCode);
        var old = _group.ClassicJoin("", ["a"], version: 3);
        Assert.Equal((ErrorCode.None, "id2"), (old.ErrorCode, old.MemberId));
    }

    [Fact]
    public void One_of_another_kind_is_refused()
    {
        var request = ClassicClient.Request("n", ["a"]);
        request.ProtocolType = "connect";
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.ClassicJoin(request).ErrorCode);
        request = ClassicClient.Request("n", ["a"]);
        request.Protocols = [];
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.ClassicJoin(request).ErrorCode);
        request = ClassicClient.Request("n", ["a"]);
        request.Protocols[0].Metadata = new byte[1];
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.ClassicJoin(request).ErrorCode);
    }

    [Fact]
    public void One_must_know_an_assignor_that_the_others_know()
    {
        _group.ClassicJoin("n", ["a"]);
        var request = ClassicClient.Request("o", ["a"]);
        request.Protocols[0].Name = "mine";
        Assert.Equal(ErrorCode.None, _group.ClassicJoin(request).ErrorCode);
        request = ClassicClient.Request("p", ["a"]);
        request.Protocols[0].Name = request.Protocols[1].Name = "other";
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.ClassicJoin(request).ErrorCode);
    }

    [Fact]
    public void What_is_asked_is_checked()
    {
        _group.ClassicJoin("n", ["a"]);
        Assert.Equal("IllegalGeneration", _group.ClassicSync("n", 1));
        Assert.Equal("UnknownMemberId", _group.ClassicSync("x", 2));
        Assert.Equal("UnknownMemberId", _group.ClassicSync("m", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, _group.ClassicBeat("n", 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.ClassicBeat("x", 2));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.ClassicBeat("m", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, Commit("n", 3));
        Assert.Equal(ErrorCode.None, Commit("n", 2));
    }

    [Fact]
    public void Static_ones_are_known_by_their_instance()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _group.ClassicJoin("n", ["a"], instance: "i").ErrorCode);
        var joined = _group.ClassicJoin("", ["a"], instance: "i");
        Assert.Equal("id1", joined.MemberId);
        Assert.Equal(ErrorCode.FencedInstanceId, _group.ClassicJoin("n", ["a"], instance: "i").ErrorCode);
        Assert.Equal("FencedInstanceId", _group.ClassicSync("n", 2, "i"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.ClassicBeat("n", 2, "i"));
        Assert.Equal("id2", _group.ClassicJoin("", ["a"], instance: "i").MemberId);
        Assert.Null(_group.Group.State.Member("id1"));
    }

    [Fact]
    public void Several_leave_in_one_request()
    {
        _group.ClassicJoin("n", ["a"]);
        _group.ClassicJoin("", ["a"], instance: "i");
        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.UnknownMemberId],
            _group.ClassicLeave(("n", null), ("", "i"), ("x", null))!);
        Assert.Equal(["m"], _group.Group.State.Members.Keys);
    }

    [Fact]
    public void An_administrator_takes_a_member_of_the_consumer_protocol_out_too()
    {
        Assert.Equal([ErrorCode.None], _group.ClassicLeave(("m", null))!);
        Assert.Empty(_group.Group.State.Members);
    }

    [Fact]
    public void One_that_learns_the_consumer_protocol_goes_on_with_it()
    {
        Settle();
        Assert.Equal("2 a:1,3", _group.Text(_group.Join("n", "a")));
        Assert.Null(_group.Member("n").Classic);
        _group.Pass(19_999);
        _group.Pass(2);
        Assert.NotNull(_group.Group.State.Member("n"));
    }

    private void Settle()
    {
        _group.ClassicJoin("n", ["a"]);
        _group.Beat("m", 1);
        _group.Beat("m", 1, owned: "a:0,2");
        _group.ClassicJoin("n", ["a"]);
        Assert.Equal("a:1,3", _group.ClassicSync("n", 2));
    }

    private ErrorCode Commit(string member, int generation) =>
        _group.Group.ValidateOffsetCommit(member, null, generation, isTransactional: false, version: 7, [(TestCluster.Id("a"), 0)]);
}
