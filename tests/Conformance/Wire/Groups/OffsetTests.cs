using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>Offsets of groups: who may commit, what is refused, what becomes of them.</summary>
[Collection(WireCollection.Name)]
public sealed class OffsetTests(BrokerUnderTest broker) : IAsyncLifetime
{
    private const int MetadataMax = 4096;

    private WireClient _client = null!;
    private WireGroup _group = null!;
    private Topic _topic = null!;

    public async Task InitializeAsync()
    {
        _client = new WireClient(broker.Port);
        _group = await WireGroup.NewAsync(_client);
        _topic = await Topic.CreateAsync(_client, partitions: 2);
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Metadata_beyond_the_limit_is_refused_and_the_other_partitions_are_not()
    {
        OffsetCommitRequest request = new()
        {
            GroupId = _group.Id,
            Topics =
            [
                new()
                {
                    Name = _topic.Name,
                    Partitions =
                    [
                        new() { PartitionIndex = 0, CommittedOffset = 1, CommittedMetadata = new string('x', MetadataMax + 1) },
                        new() { PartitionIndex = 1, CommittedOffset = 2, CommittedMetadata = new string('x', MetadataMax) },
                    ],
                },
            ],
        };
        OffsetCommitResponse response = await _client.SendAsync(request, 8);
        Assert.Equal(
            [(0, ErrorCode.OffsetMetadataTooLarge), (1, ErrorCode.None)],
            response.Topics.Single().Partitions.Select(each => (each.PartitionIndex, each.ErrorCode)).OrderBy(each => each.PartitionIndex));
        Assert.Equal((-1, 2), (await _group.OffsetAsync(_topic), await _group.OffsetAsync(_topic, 1)));
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_are_refused()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await _group.CommitAsync(Topic.Unknown, 1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await _group.CommitAsync(_topic, 1, partition: 2));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await _group.CommitAsync(_topic, 1, partition: -1));
        if (BrokerUnderTest.Kind == "kafka-3.9.2")
        {
            return;
        }

        OffsetCommitRequest commit = new()
        {
            GroupId = _group.Id,
            Topics =
            [
                new() { TopicId = Topic.Unknown.Id, Partitions = [new() { CommittedOffset = 3 }] },
                new() { TopicId = _topic.Id, Partitions = [new() { CommittedOffset = 3 }, new() { PartitionIndex = 2, CommittedOffset = 3 }] },
            ],
        };
        Dictionary<(Guid, int), ErrorCode> errors = (await _client.SendAsync(commit, 10)).Topics
            .SelectMany(topic => topic.Partitions.Select(each => ((topic.TopicId, each.PartitionIndex), each.ErrorCode))).ToDictionary();
        Assert.Equal(ErrorCode.UnknownTopicId, errors[(Topic.Unknown.Id, 0)]);
        Assert.Equal(ErrorCode.None, errors[(_topic.Id, 0)]);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, errors[(_topic.Id, 2)]);
        OffsetFetchRequest fetch = new()
        {
            Groups = [new() { GroupId = _group.Id, Topics = [new() { TopicId = Topic.Unknown.Id, PartitionIndexes = [0] }, new() { TopicId = _topic.Id, PartitionIndexes = [0] }] }],
        };
        Dictionary<Guid, (ErrorCode, long)> found = (await _client.SendAsync(fetch, 10)).Groups.Single().Topics
            .ToDictionary(topic => topic.TopicId, topic => (topic.Partitions.Single().ErrorCode, topic.Partitions.Single().CommittedOffset));
        Assert.Equal((ErrorCode.UnknownTopicId, -1), found[Topic.Unknown.Id]);
        Assert.Equal((ErrorCode.None, 3), found[_topic.Id]);
    }

    [Fact]
    public async Task A_group_with_members_takes_no_offsets_from_others()
    {
        using WireMember member = new(broker.Port, _group);
        await member.StableAsync();
        Assert.Equal(ErrorCode.UnknownMemberId, await _group.CommitAsync(_topic, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await _group.CommitAsync(_topic, 1, "nobody"));
        Assert.Equal(ErrorCode.None, await member.CommitAsync(_topic, 2));
        await member.LeaveAsync();
        Assert.Equal(ErrorCode.None, await _group.CommitAsync(_topic, 3));
        Assert.Equal(3, await _group.OffsetAsync(_topic));
    }

    [Fact]
    public async Task A_group_that_is_not_there_has_no_generation()
    {
        Assert.Equal(ErrorCode.IllegalGeneration, await _group.CommitAsync(_topic, 1, "nobody", 3));
        Assert.Equal("Dead", (await _group.DescribeAsync()).GroupState);
    }

    [Fact]
    public async Task A_group_without_a_name_keeps_offsets()
    {
        WireGroup nameless = await WireGroup.NewAsync(_client, "");
        Assert.Equal(ErrorCode.None, await nameless.CommitAsync(_topic, 5));
        Assert.Equal(5, await nameless.OffsetAsync(_topic));
    }

    [Fact]
    public async Task Only_a_group_without_members_is_deleted()
    {
        using WireMember member = new(broker.Port, _group);
        await member.StableAsync();
        Assert.Equal(ErrorCode.NonEmptyGroup, await _group.DeleteAsync());
        await member.CommitAsync(_topic, 2);
        await member.LeaveAsync();
        Assert.Equal(ErrorCode.None, await _group.DeleteAsync());
        Assert.Equal(ErrorCode.GroupIdNotFound, await _group.DeleteAsync());
        Assert.Equal(-1, await _group.OffsetAsync(_topic));
        Assert.Equal("Dead", (await _group.DescribeAsync()).GroupState);
        Assert.Equal((ErrorCode.GroupIdNotFound, null), await _group.DeleteOffsetAsync(_topic));
    }

    [Fact]
    public async Task Offsets_of_topics_that_are_subscribed_to_are_not_deleted()
    {
        Topic other = await Topic.CreateAsync(_client);
        using WireMember member = new(broker.Port, _group) { Protocols = [("range", WireMember.Subscription(_topic.Name))] };
        await member.StableAsync();
        await member.CommitAsync(_topic, 2);
        await member.CommitAsync(other, 3);
        Assert.Equal((ErrorCode.None, ErrorCode.GroupSubscribedToTopic), await _group.DeleteOffsetAsync(_topic));
        Assert.Equal((ErrorCode.None, ErrorCode.None), await _group.DeleteOffsetAsync(other));
        Assert.Equal((2, -1), (await _group.OffsetAsync(_topic), await _group.OffsetAsync(other)));
        Assert.Equal((ErrorCode.None, ErrorCode.UnknownTopicOrPartition), await _group.DeleteOffsetAsync(Topic.Unknown));
        await member.LeaveAsync();
        Assert.Equal((ErrorCode.None, ErrorCode.None), await _group.DeleteOffsetAsync(_topic));
        Assert.Equal(-1, await _group.OffsetAsync(_topic));
    }

    [Fact]
    public async Task Offsets_of_a_group_of_another_type_are_not_deleted_while_it_has_members()
    {
        using WireMember member = new(broker.Port, _group) { ProtocolType = "connect" };
        await member.StableAsync();
        Assert.Equal((ErrorCode.NonEmptyGroup, null), await _group.DeleteOffsetAsync(_topic));
    }

    [Fact]
    public async Task Offsets_go_with_their_topic()
    {
        Assert.Equal(ErrorCode.None, await _group.CommitAsync(_topic, 2));
        await _client.SendAsync(new DeleteTopicsRequest { TopicNames = [_topic.Name], TimeoutMs = 10_000 }, 5);
        for (long end = Environment.TickCount64 + 20_000; (await _group.FetchAsync()).Topics.Length > 0; await Task.Delay(20))
        {
            Assert.True(Environment.TickCount64 < end, "the offsets are still there");
        }
    }

    [Fact]
    public async Task A_commit_at_any_offset_and_epoch_is_kept_as_it_is()
    {
        foreach ((long offset, int epoch) in new[] { (0L, 0), (long.MaxValue, int.MaxValue), (7, -1) })
        {
            OffsetCommitRequest request = new()
            {
                GroupId = _group.Id,
                Topics = [new() { Name = _topic.Name, Partitions = [new() { CommittedOffset = offset, CommittedLeaderEpoch = epoch, CommittedMetadata = null }] }],
            };
            Assert.Equal(ErrorCode.None, (await _client.SendAsync(request, 8)).Topics.Single().Partitions.Single().ErrorCode);
            var found = (await _group.FetchAsync()).Topics.Single().Partitions.Single();
            Assert.Equal((offset, epoch, ""), (found.CommittedOffset, found.CommittedLeaderEpoch, found.Metadata));
        }
    }
}
