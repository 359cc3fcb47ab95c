using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>The requests of groups, each in any version, as <see cref="Exchanges"/> has the others.</summary>
internal static class GroupExchanges
{
    /// <summary>Kafka 4 leaves a group of consumers without an answer whose metadata it cannot read.</summary>
    private static readonly byte[] Metadata = WireMember.Subscription("some-topic");

    public static readonly Dictionary<ApiKey, Func<WireClient, Topic, short, Task>> All = new()
    {
        [ApiKey.FindCoordinator] = FindCoordinatorAsync,
        [ApiKey.JoinGroup] = JoinGroupAsync,
        [ApiKey.SyncGroup] = SyncGroupAsync,
        [ApiKey.Heartbeat] = async (client, _, version) =>
        {
            (WireGroup group, JoinGroupResponse joined) = await JoinedAsync(client);
            HeartbeatRequest request = new() { GroupId = group.Id, MemberId = joined.MemberId, GenerationId = joined.GenerationId };
            Assert.Equal(ErrorCode.None, (await client.SendAsync(request, version)).ErrorCode);
        },
        [ApiKey.LeaveGroup] = LeaveGroupAsync,
        [ApiKey.OffsetCommit] = OffsetCommitAsync,
        [ApiKey.OffsetFetch] = OffsetFetchAsync,
        [ApiKey.OffsetDelete] = async (client, topic, _) =>
        {
            WireGroup group = await WireGroup.NewAsync(client);
            Assert.Equal(ErrorCode.None, await group.CommitAsync(topic, 2));
            Assert.Equal((ErrorCode.None, ErrorCode.None), await group.DeleteOffsetAsync(topic));
            Assert.Equal(-1, await group.OffsetAsync(topic));
        },
        [ApiKey.ListGroups] = ListGroupsAsync,
        [ApiKey.DescribeGroups] = DescribeGroupsAsync,
        [ApiKey.DeleteGroups] = async (client, topic, version) =>
        {
            WireGroup group = await WireGroup.NewAsync(client);
            Assert.Equal(ErrorCode.None, await group.CommitAsync(topic, 2));
            DeleteGroupsResponse response = await client.SendAsync(new DeleteGroupsRequest { GroupsNames = [group.Id, "no-such-group"] }, version);
            Assert.Equal(
                [(group.Id, ErrorCode.None), ("no-such-group", ErrorCode.GroupIdNotFound)],
                response.Results.Select(each => (each.GroupId, each.ErrorCode)).OrderBy(each => each.GroupId, StringComparer.Ordinal));
            Assert.Equal(-1, await group.OffsetAsync(topic));
        },
        [ApiKey.ConsumerGroupHeartbeat] = async (client, topic, version) =>
        {
            WireConsumer member = new(await WireGroup.NewAsync(client));
            ConsumerGroupHeartbeatResponse response = await member.SendAsync(member.JoinRequest(topic.Name), version);
            Assert.Equal((ErrorCode.None, member.Id), (response.ErrorCode, response.MemberId));
            Assert.True(response.MemberEpoch > 0 && response.HeartbeatIntervalMs > 0);
            await member.AwaitPartitionsAsync(2);
            Assert.All(member.Assigned, each => Assert.Equal(topic.Id, each.Topic));
        },
        [ApiKey.ConsumerGroupDescribe] = ConsumerGroupDescribeAsync,
    };

    private static async Task FindCoordinatorAsync(WireClient client, Topic topic, short version)
    {
        await WireGroup.NewAsync(client);
        FindCoordinatorRequest request = version < 4 ? new() { Key = "a" } : new() { CoordinatorKeys = ["a", "b"] };
        FindCoordinatorResponse response = await client.SendAsync(request, version);
        (string, ErrorCode, string)[] found = version < 4
            ? [("a", response.ErrorCode, response.Host)]
            : [.. response.Coordinators.Select(each => (each.Key, each.ErrorCode, each.Host))];
        (string, ErrorCode, string)[] expected = [("a", ErrorCode.None, "127.0.0.1"), ("b", ErrorCode.None, "127.0.0.1")];
        Assert.Equal(expected[..(version < 4 ? 1 : 2)], found);
    }

    private static JoinGroupRequest Join(string group, string member = "") => new()
    {
        GroupId = group,
        MemberId = member,
        ProtocolType = "consumer",
        SessionTimeoutMs = 30_000,
        RebalanceTimeoutMs = 30_000,
        Protocols = [new() { Name = "range", Metadata = Metadata }],
    };

    private static async Task JoinGroupAsync(WireClient client, Topic topic, short version)
    {
        WireGroup group = await WireGroup.NewAsync(client);
        JoinGroupResponse response = await client.SendAsync(Join(group.Id), version);
        if (version >= 4)
        {
            Assert.Equal((ErrorCode.MemberIdRequired, -1), (response.ErrorCode, response.GenerationId));
            response = await client.SendAsync(Join(group.Id, response.MemberId), version);
        }

        Assert.Equal((ErrorCode.None, 1, "range"), (response.ErrorCode, response.GenerationId, response.ProtocolName));
        Assert.Equal(version >= 7 ? "consumer" : null, response.ProtocolType);
        Assert.Equal(response.MemberId, response.Leader);
        Assert.StartsWith("conformance-", response.MemberId, StringComparison.Ordinal);
        var member = response.Members.Single();
        Assert.Equal((response.MemberId, null), (member.MemberId, member.GroupInstanceId));
        Assert.Equal(Metadata, member.Metadata.ToArray());
        await client.SendAsync(new LeaveGroupRequest { GroupId = group.Id, MemberId = response.MemberId }, 2);
    }

    private static async Task<(WireGroup Group, JoinGroupResponse Joined)> JoinedAsync(WireClient client)
    {
        WireGroup group = await WireGroup.NewAsync(client);
        JoinGroupResponse joined = await client.SendAsync(Join(group.Id), 3);
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        return (group, joined);
    }

    private static async Task SyncGroupAsync(WireClient client, Topic topic, short version)
    {
        (WireGroup group, JoinGroupResponse joined) = await JoinedAsync(client);
        SyncGroupRequest request = new()
        {
            GroupId = group.Id,
            MemberId = joined.MemberId,
            GenerationId = joined.GenerationId,
            ProtocolType = version >= 5 ? "consumer" : null,
            ProtocolName = version >= 5 ? "range" : null,
            Assignments = [new() { MemberId = joined.MemberId, Assignment = "assignment"u8.ToArray() }],
        };
        SyncGroupResponse response = await client.SendAsync(request, version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal("assignment"u8.ToArray(), response.Assignment.ToArray());
        Assert.Equal(version >= 5 ? ("consumer", "range") : (null, null), (response.ProtocolType, response.ProtocolName));
    }

    private static async Task LeaveGroupAsync(WireClient client, Topic topic, short version)
    {
        (WireGroup group, JoinGroupResponse joined) = await JoinedAsync(client);
        LeaveGroupRequest request = version < 3
            ? new() { GroupId = group.Id, MemberId = joined.MemberId }
            : new() { GroupId = group.Id, Members = [new() { MemberId = joined.MemberId }, new() { MemberId = "nobody" }] };
        LeaveGroupResponse response = await client.SendAsync(request, version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        (string, ErrorCode)[] expected = version < 3 ? [] : [(joined.MemberId, ErrorCode.None), ("nobody", ErrorCode.UnknownMemberId)];
        Assert.Equal(expected, response.Members.Select(each => (each.MemberId, each.ErrorCode)));
        Assert.Equal("Empty", (await group.DescribeAsync()).GroupState);
    }

    private static async Task OffsetCommitAsync(WireClient client, Topic topic, short version)
    {
        WireGroup group = await WireGroup.NewAsync(client);
        bool isOld = version == 0 && BrokerUnderTest.Kind == "kafka-3.9.2";
        OffsetCommitRequest request = new()
        {
            GroupId = group.Id,
            Topics =
            [
                new()
                {
                    Name = version < 10 ? topic.Name : "",
                    TopicId = version < 10 ? Guid.Empty : topic.Id,
                    Partitions = [new() { PartitionIndex = 1, CommittedOffset = 42, CommittedLeaderEpoch = 7, CommittedMetadata = "here" }],
                },
            ],
        };
        var answer = (await client.SendAsync(request, version)).Topics.Single();
        Assert.Equal(version < 10 ? topic.Name : "", answer.Name);
        Assert.Equal(version < 10 ? Guid.Empty : topic.Id, answer.TopicId);
        Assert.Equal((1, ErrorCode.None), (answer.Partitions.Single().PartitionIndex, answer.Partitions.Single().ErrorCode));
        // Version 0 is ZooKeeper's, where real Kafka writes it.
        if (!isOld)
        {
            var fetched = (await group.FetchAsync()).Topics.Single();
            var partition = fetched.Partitions.Single();
            Assert.Equal((topic.Name, 1, 42L, "here"), (fetched.Name, partition.PartitionIndex, partition.CommittedOffset, partition.Metadata));
            Assert.Equal(version >= 6 ? 7 : -1, partition.CommittedLeaderEpoch);
        }
    }

    private static async Task OffsetFetchAsync(WireClient client, Topic topic, short version)
    {
        WireGroup group = await WireGroup.NewAsync(client);
        Assert.Equal(ErrorCode.None, await group.CommitAsync(topic, 42, metadata: "here"));
        bool isOld = version == 0 && BrokerUnderTest.Kind == "kafka-3.9.2";
        (int, long, string?)[] expected = [(0, isOld ? -1 : 42, isOld ? "" : "here"), (1, -1, "")];
        if (version < 8)
        {
            OffsetFetchRequest old = new() { GroupId = group.Id, Topics = [new() { Name = topic.Name, PartitionIndexes = [0, 1] }] };
            OffsetFetchResponse response = await client.SendAsync(old, version);
            Assert.Equal(ErrorCode.None, response.ErrorCode);
            var found = response.Topics.Single();
            Assert.Equal(topic.Name, found.Name);
            Assert.Equal(expected, found.Partitions.OrderBy(each => each.PartitionIndex).Select(each => (each.PartitionIndex, each.CommittedOffset, each.Metadata)));
            if (version >= 2)
            {
                OffsetFetchRequest all = new() { GroupId = group.Id, Topics = null };
                Assert.Equal(42, (await client.SendAsync(all, version)).Topics.Single().Partitions.Single().CommittedOffset);
            }

            return;
        }

        OffsetFetchRequest request = new()
        {
            Groups =
            [
                new() { GroupId = group.Id, Topics = [new() { Name = version < 10 ? topic.Name : "", TopicId = version < 10 ? Guid.Empty : topic.Id, PartitionIndexes = [0, 1] }] },
                new() { GroupId = "never-seen", Topics = null },
            ],
        };
        Dictionary<string, OffsetFetchResponse.OffsetFetchResponseGroup> groups =
            (await client.SendAsync(request, version)).Groups.ToDictionary(each => each.GroupId);
        Assert.Equal((ErrorCode.None, 0), (groups["never-seen"].ErrorCode, groups["never-seen"].Topics.Length));
        Assert.Equal(ErrorCode.None, groups[group.Id].ErrorCode);
        var topics = groups[group.Id].Topics.Single();
        Assert.Equal(version < 10 ? topic.Name : "", topics.Name);
        Assert.Equal(version < 10 ? Guid.Empty : topic.Id, topics.TopicId);
        Assert.Equal(expected, topics.Partitions.OrderBy(each => each.PartitionIndex).Select(each => (each.PartitionIndex, each.CommittedOffset, each.Metadata)));
    }

    private static async Task ListGroupsAsync(WireClient client, Topic topic, short version)
    {
        (WireGroup group, JoinGroupResponse joined) = await JoinedAsync(client);
        ListGroupsResponse response = await client.SendAsync(new ListGroupsRequest(), version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        var listed = response.Groups.Single(each => each.GroupId == group.Id);
        // Kafka 3.9 calls both states by these names in any case that it likes.
        Assert.Equal(
            ("consumer", version >= 4 ? "CompletingRebalance" : "", version >= 5 ? "classic" : ""),
            (listed.ProtocolType, listed.GroupState, listed.GroupType));
        if (version >= 4)
        {
            ListGroupsRequest others = new() { StatesFilter = ["Stable", "Dead"] };
            Assert.DoesNotContain((await client.SendAsync(others, version)).Groups, each => each.GroupId == group.Id);
            ListGroupsRequest itself = new() { StatesFilter = ["Stable", "CompletingRebalance"] };
            Assert.Contains((await client.SendAsync(itself, version)).Groups, each => each.GroupId == group.Id);
        }

        if (version >= 5)
        {
            Assert.DoesNotContain((await client.SendAsync(new ListGroupsRequest { TypesFilter = ["consumer"] }, version)).Groups, each => each.GroupId == group.Id);
            Assert.Contains((await client.SendAsync(new ListGroupsRequest { TypesFilter = ["classic"] }, version)).Groups, each => each.GroupId == group.Id);
        }

        Assert.NotEmpty(joined.MemberId);
    }

    private static async Task DescribeGroupsAsync(WireClient client, Topic topic, short version)
    {
        WireGroup group = await WireGroup.NewAsync(client);
        DescribeGroupsRequest request = new() { Groups = [group.Id, "no-such-group"], IncludeAuthorizedOperations = version >= 3 };
        JoinGroupResponse joined = await client.SendAsync(Join(group.Id), 3);
        SyncGroupRequest sync = new()
        {
            GroupId = group.Id,
            MemberId = joined.MemberId,
            GenerationId = joined.GenerationId,
            Assignments = [new() { MemberId = joined.MemberId, Assignment = "assignment"u8.ToArray() }],
        };
        Assert.Equal(ErrorCode.None, (await client.SendAsync(sync, 3)).ErrorCode);
        Dictionary<string, DescribeGroupsResponse.DescribedGroup> described =
            (await client.SendAsync(request, version)).Groups.ToDictionary(each => each.GroupId);
        var found = described[group.Id];
        Assert.Equal(
            (ErrorCode.None, "Stable", "consumer", "range"),
            (found.ErrorCode, found.GroupState, found.ProtocolType, found.ProtocolData));
        Assert.Equal(version >= 3, found.AuthorizedOperations != int.MinValue);
        var member = found.Members.Single();
        Assert.Equal((joined.MemberId, "conformance", "/127.0.0.1"), (member.MemberId, member.ClientId, member.ClientHost));
        Assert.Equal(Metadata, member.MemberMetadata.ToArray());
        Assert.Equal("assignment"u8.ToArray(), member.MemberAssignment.ToArray());
        var missing = described["no-such-group"];
        Assert.Equal((version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None, "Dead"), (missing.ErrorCode, missing.GroupState));
    }

    private static async Task ConsumerGroupDescribeAsync(WireClient client, Topic topic, short version)
    {
        WireGroup group = await WireGroup.NewAsync(client);
        WireConsumer member = await new WireConsumer(group).JoinedAsync(topic.Name);
        await member.AwaitPartitionsAsync(2);
        ConsumerGroupDescribeRequest request = new() { GroupIds = [group.Id, "no-such-group"], IncludeAuthorizedOperations = true };
        Dictionary<string, ConsumerGroupDescribeResponse.DescribedGroup> groups =
            (await client.SendAsync(request, version)).Groups.ToDictionary(each => each.GroupId);
        Assert.Equal(ErrorCode.GroupIdNotFound, groups["no-such-group"].ErrorCode);
        var found = groups[group.Id];
        Assert.Equal((ErrorCode.None, "Stable", "uniform"), (found.ErrorCode, found.GroupState, found.AssignorName));
        Assert.Equal((member.Epoch, member.Epoch), (found.GroupEpoch, found.AssignmentEpoch));
        Assert.NotEqual(int.MinValue, found.AuthorizedOperations);
        var described = found.Members.Single();
        Assert.Equal((member.Id, member.Epoch, "conformance", "/127.0.0.1"), (described.MemberId, described.MemberEpoch, described.ClientId, described.ClientHost));
        Assert.Equal([topic.Name], described.SubscribedTopicNames);
        Assert.Equal([0, 1], described.Assignment.TopicPartitions.Single().Partitions.Order());
        Assert.Equal(topic.Name, described.TargetAssignment.TopicPartitions.Single().TopicName);
        Assert.Equal(version >= 1 ? 1 : -1, described.MemberType);
    }
}
