using KLog.Clients.Admin;
using KLog.Clients.Errors;
using KLog.Clients.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Tests.Admin;

/// <summary>Groups: whom is asked, in which version, and again after which errors.</summary>
public sealed class GroupAdminTests
{
    [Fact]
    public async Task Groups_of_all_brokers_are_listed_by_name()
    {
        await using FakeCluster cluster = new(brokers: 3);
        foreach (FakeBroker broker in cluster.Brokers)
        {
            broker.On<ListGroupsRequest, ListGroupsResponse>(_ => Listed($"g{9 - broker.Id}", "stable", "consumer"));
        }

        await using AdminClient admin = cluster.Admin();
        IReadOnlyList<GroupListing> groups = await admin.ListGroupsAsync([GroupState.Stable], [GroupType.Consumer], CancellationToken.None);
        Assert.Equal(["g7", "g8", "g9"], groups.Select(each => each.GroupId));
        Assert.All(groups, each => Assert.Equal((GroupState.Stable, GroupType.Consumer, true), (each.State, each.Type, each.IsConsumerGroup)));
        ListGroupsRequest request = Assert.Single(cluster.Brokers[2].Requests<ListGroupsRequest>());
        Assert.Equal(["Stable", "Consumer"], request.StatesFilter.Concat(request.TypesFilter));
    }

    [Theory]
    [InlineData(3, true, false)]
    [InlineData(4, false, true)]
    public async Task A_filter_that_a_broker_is_too_old_for_is_refused(short max, bool byState, bool byType)
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<ListGroupsRequest, ListGroupsResponse>(_ => Listed("g", "", ""), max);
        await using AdminClient admin = cluster.Admin();
        await Assert.ThrowsAsync<UnsupportedRequestException>(() => admin.ListGroupsAsync(
            byState ? [GroupState.Stable] : [], byType ? [GroupType.Classic] : [], CancellationToken.None));
        GroupListing plain = Assert.Single(await admin.ListGroupsAsync([], [], CancellationToken.None));
        Assert.Equal((GroupState.Unknown, GroupType.Unknown), (plain.State, plain.Type));
    }

    [Fact]
    public async Task A_coordinator_that_has_moved_is_looked_up_again()
    {
        await using FakeCluster cluster = new() { Coordinator = 0 };
        cluster.Brokers[0].On<DeleteGroupsRequest, DeleteGroupsResponse>(request =>
        {
            cluster.Coordinator = 1;
            return Deleted(request, ErrorCode.NotCoordinator);
        });
        cluster.Brokers[1].On<DeleteGroupsRequest, DeleteGroupsResponse>(request => Deleted(request, ErrorCode.None));
        await using AdminClient admin = cluster.Admin();
        IReadOnlyDictionary<string, AdminResult<Done>> results = await admin.DeleteGroupsAsync(["a", "b"], CancellationToken.None);
        Assert.All(results.Values, each => Assert.Null(each.Error));
        Assert.Equal(["a", "b"], Assert.Single(cluster.Brokers[1].Requests<DeleteGroupsRequest>()).GroupsNames);
    }

    [Fact]
    public async Task Only_what_has_no_final_answer_is_asked_again()
    {
        await using FakeCluster cluster = new(brokers: 1);
        int asked = 0;
        cluster.Brokers[0].On<DeleteGroupsRequest, DeleteGroupsResponse>(request => ++asked == 1
            ? new()
            {
                Results =
                [
                    new() { GroupId = "busy", ErrorCode = ErrorCode.NonEmptyGroup },
                    new() { GroupId = "loading", ErrorCode = ErrorCode.CoordinatorLoadInProgress },
                ],
            }
            : Deleted(request, ErrorCode.None));
        await using AdminClient admin = cluster.Admin();
        IReadOnlyDictionary<string, AdminResult<Done>> results = await admin.DeleteGroupsAsync(["busy", "loading", "left-out"], CancellationToken.None);
        Assert.Equal("group 'busy': it is not empty (NON_EMPTY_GROUP)", results["busy"].Error?.Message);
        Assert.Equal(ErrorCode.NonEmptyGroup, Assert.Throws<GroupException>(() => results["busy"].Value).ErrorCode);
        Assert.Null(results["loading"].Error);
        Assert.Null(results["left-out"].Error);
        Assert.Equal(["loading", "left-out"], cluster.Brokers[0].Requests<DeleteGroupsRequest>().Last().GroupsNames);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_made_again()
    {
        await using FakeCluster cluster = new();
        cluster.Coordinator = 1;
        cluster.Brokers[1].On<DeleteGroupsRequest, DeleteGroupsResponse>(request => Deleted(request, ErrorCode.None));
        cluster.Brokers[1].Next(ApiKey.DeleteGroups, Fault.CloseMidResponse);
        await using AdminClient admin = cluster.Admin();
        Assert.Null((await admin.DeleteGroupsAsync(["a"], CancellationToken.None))["a"].Error);
        Assert.Equal(2, cluster.Brokers[1].Connections);
    }

    [Fact]
    public async Task Trying_ends_with_the_time_and_tells_the_last_error()
    {
        await using FakeCluster cluster = new(brokers: 1);
        int asked = 0;
        cluster.Brokers[0].On<DeleteGroupsRequest, DeleteGroupsResponse>(request =>
        {
            if (++asked == 3)
            {
                cluster.Time.Advance(cluster.Options.ApiTimeout);
            }

            return Deleted(request, ErrorCode.CoordinatorLoadInProgress);
        });
        await using AdminClient admin = cluster.Admin();
        OperationTimeoutException error = Assert.IsType<OperationTimeoutException>(
            (await admin.DeleteGroupsAsync(["a"], CancellationToken.None))["a"].Error);
        Assert.Equal(
            "deleting groups: not done within 60000 ms; last: group 'a': its coordinator is still loading (COORDINATOR_LOAD_IN_PROGRESS)",
            error.Message);
    }

    [Fact]
    public async Task A_broker_that_hangs_is_named_when_the_time_is_up()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<DeleteGroupsRequest, DeleteGroupsResponse>(request =>
        {
            cluster.Time.Advance(cluster.Options.ApiTimeout);
            return Deleted(request, ErrorCode.None);
        });
        cluster.Brokers[0].Next(ApiKey.DeleteGroups, Fault.NeverAnswer);
        await using AdminClient admin = cluster.Admin();
        KafkaException? error = (await admin.DeleteGroupsAsync(["a"], CancellationToken.None))["a"].Error;
        Assert.EndsWith($"{cluster.Brokers[0].Address} has not answered DeleteGroups", error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(3, 3)]
    public async Task Coordinators_are_found_together_or_one_by_one(short version, int requests)
    {
        await using FakeCluster cluster = new(brokers: 1, coordinatorMax: version);
        cluster.Brokers[0].On<DeleteGroupsRequest, DeleteGroupsResponse>(request => Deleted(request, ErrorCode.None));
        await using AdminClient admin = cluster.Admin();
        IReadOnlyDictionary<string, AdminResult<Done>> results = await admin.DeleteGroupsAsync(["a", "b", "c"], CancellationToken.None);
        Assert.All(results.Values, each => Assert.Null(each.Error));
        Assert.Equal(requests, cluster.Brokers[0].Requests<FindCoordinatorRequest>().Count());
        Assert.Single(cluster.Brokers[0].Requests<DeleteGroupsRequest>());
    }

    [Fact]
    public async Task An_operation_can_be_cancelled()
    {
        await using FakeCluster cluster = new(brokers: 1);
        using CancellationTokenSource cancelled = new();
        cluster.Brokers[0].On<DeleteGroupsRequest, DeleteGroupsResponse>(request =>
        {
            cancelled.Cancel();
            return Deleted(request, ErrorCode.CoordinatorLoadInProgress);
        });
        await using AdminClient admin = cluster.Admin();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => admin.DeleteGroupsAsync(["a"], cancelled.Token));
    }

    private static ListGroupsResponse Listed(string group, string state, string type) =>
        new() { Groups = [new() { GroupId = group, ProtocolType = "consumer", GroupState = state, GroupType = type }] };

    private static DeleteGroupsResponse Deleted(DeleteGroupsRequest request, ErrorCode code) =>
        new() { Results = [.. request.GroupsNames.Select(each => new DeleteGroupsResponse.DeletableGroupResult { GroupId = each, ErrorCode = code })] };
}
