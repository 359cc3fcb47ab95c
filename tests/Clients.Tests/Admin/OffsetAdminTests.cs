using KLog.Clients.Admin;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Clients.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Tests.Admin;

/// <summary>Offsets of logs and of groups.</summary>
public sealed class OffsetAdminTests
{
    private static readonly TopicPartition First = new("t", 0);
    private static readonly TopicPartition Second = new("t", 1);

    [Fact]
    public async Task Each_leader_is_asked_for_its_partitions()
    {
        await using FakeCluster cluster = new();
        cluster.Leaders["t"] = [0, 1];
        foreach (FakeBroker broker in cluster.Brokers)
        {
            broker.On<ListOffsetsRequest, ListOffsetsResponse>(request => Offsets(request, broker.Id * 10, ErrorCode.None));
        }

        await using AdminClient admin = cluster.Admin();
        var offsets = await ListAsync(admin, First, Second);
        Assert.Equal((0, 10), (offsets[First].Value.Offset, offsets[Second].Value.Offset));
        ListOffsetsRequest.ListOffsetsTopic topic = Assert.Single(cluster.Brokers[1].Requests<ListOffsetsRequest>()).Topics.Single();
        Assert.Equal((1, 5, -1), (topic.Partitions[0].PartitionIndex, topic.Partitions[0].CurrentLeaderEpoch, topic.Partitions[0].Timestamp));
    }

    [Fact]
    public async Task A_leader_that_has_changed_is_looked_up_again()
    {
        await using FakeCluster cluster = new();
        cluster.Leaders["t"] = [0];
        cluster.Brokers[0].On<ListOffsetsRequest, ListOffsetsResponse>(request =>
        {
            cluster.Leaders["t"] = [1];
            return Offsets(request, -1, ErrorCode.NotLeaderOrFollower);
        });
        cluster.Brokers[1].On<ListOffsetsRequest, ListOffsetsResponse>(request => Offsets(request, 42, ErrorCode.None));
        await using AdminClient admin = cluster.Admin();
        Assert.Equal(42, (await ListAsync(admin, First))[First].Value.Offset);
    }

    [Fact]
    public async Task A_topic_or_partition_that_there_is_not_is_told_at_once_and_one_without_leader_is_waited_for()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Leaders["t"] = [-1];
        int asked = 0;
        cluster.OnMetadata = () =>
        {
            if (++asked == 3)
            {
                cluster.Time.Advance(cluster.Options.ApiTimeout);
            }
        };
        await using AdminClient admin = cluster.Admin();
        TopicPartition unknown = new("none", 0);
        var offsets = await ListAsync(admin, First, Second, unknown);
        Assert.IsType<OperationTimeoutException>(offsets[First].Error);
        Assert.Contains("LEADER_NOT_AVAILABLE", offsets[First].Error?.Message, StringComparison.Ordinal);
        Assert.IsType<PartitionException>(offsets[Second].Error);
        Assert.IsType<TopicException>(offsets[unknown].Error);
        AdminResult<TopicView> topic = (await admin.DescribeTopicsAsync(["none"], CancellationToken.None))["none"];
        Assert.Equal("topic 'none': there is no such topic or partition (UNKNOWN_TOPIC_OR_PARTITION)", topic.Error?.Message);
    }

    [Fact]
    public async Task A_special_offset_that_a_broker_is_too_old_for_is_refused()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Leaders["t"] = [0];
        cluster.Brokers[0].On<ListOffsetsRequest, ListOffsetsResponse>(request => Offsets(request, 1, ErrorCode.None), max: 6);
        await using AdminClient admin = cluster.Admin();
        await Assert.ThrowsAsync<UnsupportedRequestException>(() => admin.ListOffsetsAsync(
            new Dictionary<TopicPartition, OffsetSpec> { [First] = OffsetSpec.MaxTimestamp }, CancellationToken.None));
    }

    [Theory]
    [InlineData(10, 9, 1)]
    [InlineData(8, 8, 1)]
    [InlineData(7, 7, 2)]
    [InlineData(2, 2, 2)]
    public async Task Committed_offsets_of_groups_are_asked_for_together_or_one_by_one(short max, short version, int requests)
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<OffsetFetchRequest, OffsetFetchResponse>(Fetched, max);
        await using AdminClient admin = cluster.Admin();
        var offsets = await admin.ListGroupOffsetsAsync(["a", "bb"], CancellationToken.None);
        Assert.Equal((1, 2), (offsets["a"].Value[First].Offset, offsets["bb"].Value[First].Offset));
        Assert.DoesNotContain(Second, offsets["a"].Value.Keys);
        var asked = cluster.Brokers[0].Received.Where(each => each.Api == ApiKey.OffsetFetch).ToArray();
        Assert.Equal(Enumerable.Repeat(version, requests), asked.Select(each => each.Version));
    }

    [Fact]
    public async Task Offsets_are_committed_with_an_answer_for_each_partition()
    {
        await using FakeCluster cluster = new(brokers: 1);
        int asked = 0;
        cluster.Brokers[0].On<OffsetCommitRequest, OffsetCommitResponse>(request => new()
        {
            Topics =
            [
                .. request.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.Partitions.Select(each => new OffsetCommitResponse.OffsetCommitResponseTopic.OffsetCommitResponsePartition
                        {
                            PartitionIndex = each.PartitionIndex,
                            ErrorCode = asked == 0 ? ErrorCode.CoordinatorLoadInProgress
                                : each.PartitionIndex == 1 ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None,
                        }),
                    ],
                }).ToArray().Also(() => asked++),
            ],
        });
        await using AdminClient admin = cluster.Admin();
        var results = await admin.AlterGroupOffsetsAsync(
            "g", new Dictionary<TopicPartition, CommittedOffset> { [First] = new(5), [Second] = new(6) }, CancellationToken.None);
        Assert.Null(results[First].Error);
        Assert.Equal("partition t-1: there is no such topic or partition (UNKNOWN_TOPIC_OR_PARTITION)", results[Second].Error?.Message);
        Assert.Equal(2, asked);
        OffsetCommitRequest request = cluster.Brokers[0].Requests<OffsetCommitRequest>().Last();
        Assert.Equal(("g", -1, ""), (request.GroupId, request.GenerationIdOrMemberEpoch, request.MemberId));
    }

    [Fact]
    public async Task A_group_that_refuses_to_lose_offsets_is_an_error()
    {
        await using FakeCluster cluster = new(brokers: 1);
        cluster.Brokers[0].On<OffsetDeleteRequest, OffsetDeleteResponse>(_ => new() { ErrorCode = ErrorCode.GroupIdNotFound });
        await using AdminClient admin = cluster.Admin();
        GroupException error = await Assert.ThrowsAsync<GroupException>(() => admin.DeleteGroupOffsetsAsync("g", [First], CancellationToken.None));
        Assert.Equal(("g", ErrorCode.GroupIdNotFound), (error.GroupId, error.ErrorCode));
    }

    [Theory]
    [InlineData(90L, 100L, 10L)]
    [InlineData(100L, 100L, 0L)]
    [InlineData(110L, 100L, -10L)]
    [InlineData(null, 100L, null)]
    [InlineData(90L, null, null)]
    [InlineData(-1L, 100L, null)]
    public void Lag_is_counted_as_kafka_counts(long? committed, long? end, long? lag) => Assert.Equal(lag, Lag.Of(committed, end));

    private static async Task<IReadOnlyDictionary<TopicPartition, AdminResult<ListedOffset>>> ListAsync(AdminClient admin, params TopicPartition[] partitions) =>
        await admin.ListOffsetsAsync(partitions.ToDictionary(each => each, _ => OffsetSpec.Latest), CancellationToken.None);

    private static ListOffsetsResponse Offsets(ListOffsetsRequest request, long offset, ErrorCode code) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(each => new ListOffsetsResponse.ListOffsetsTopicResponse.ListOffsetsPartitionResponse
                    {
                        PartitionIndex = each.PartitionIndex,
                        Offset = offset,
                        ErrorCode = code,
                    }),
                ],
            }),
        ],
    };

    /// <summary>Each group has its name's length in t-0, and nothing in t-1.</summary>
    private static OffsetFetchResponse Fetched(OffsetFetchRequest request) => request.Groups.Length == 0
        ? new()
        {
            Topics =
            [
                new()
                {
                    Name = "t",
                    Partitions = [new() { PartitionIndex = 0, CommittedOffset = request.GroupId.Length }, new() { PartitionIndex = 1, CommittedOffset = -1 }],
                },
            ],
        }
        : new()
        {
            Groups =
            [
                .. request.Groups.Select(group => new OffsetFetchResponse.OffsetFetchResponseGroup
                {
                    GroupId = group.GroupId,
                    Topics =
                    [
                        new()
                        {
                            Name = "t",
                            Partitions = [new() { PartitionIndex = 0, CommittedOffset = group.GroupId.Length }, new() { PartitionIndex = 1, CommittedOffset = -1 }],
                        },
                    ],
                }),
            ],
        };
}
