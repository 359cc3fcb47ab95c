using KLog.Conformance.Wire.Groups;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;
using ConfigOp = KLog.Protocol.Messages.IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig;

namespace KLog.Conformance.Wire;

/// <summary>For every request that a single broker handles: a well-formed one, and what its answer must say in any version.</summary>
internal static class Exchanges
{
    private const sbyte TopicResource = 2;

    private static readonly Dictionary<ApiKey, Func<WireClient, Topic, short, Task>> Own = new()
    {
        [ApiKey.ApiVersions] = async (client, _, version) =>
        {
            ApiVersionsRequest request = new() { ClientSoftwareName = "c", ClientSoftwareVersion = "1" };
            Assert.NotEmpty((await client.SendAsync(request, version)).ApiKeys);
        },
        [ApiKey.Metadata] = MetadataAsync,
        [ApiKey.Produce] = ProduceAsync,
        [ApiKey.Fetch] = FetchAsync,
        [ApiKey.ListOffsets] = ListOffsetsAsync,
        [ApiKey.OffsetForLeaderEpoch] = async (client, topic, version) =>
        {
            OffsetForLeaderEpochRequest request = new() { Topics = [new() { Topic = topic.Name, Partitions = [new() { LeaderEpoch = 0 }] }] };
            var partition = (await client.SendAsync(request, version)).Topics.Single().Partitions.Single();
            Assert.Equal((ErrorCode.None, 3L), (partition.ErrorCode, partition.EndOffset));
        },
        [ApiKey.CreateTopics] = CreateTopicsAsync,
        [ApiKey.DeleteTopics] = DeleteTopicsAsync,
        [ApiKey.CreatePartitions] = async (client, topic, version) =>
        {
            CreatePartitionsRequest request = new()
            {
                Topics = [new() { Name = topic.Name, Count = 5, Assignments = null }],
                TimeoutMs = 10_000,
                ValidateOnly = true,
            };
            var result = (await client.SendAsync(request, version)).Results.Single();
            Assert.Equal((topic.Name, ErrorCode.None), (result.Name, result.ErrorCode));
        },
        [ApiKey.DeleteRecords] = async (client, topic, version) =>
        {
            DeleteRecordsRequest request = new() { Topics = [new() { Name = topic.Name, Partitions = [new() { Offset = 0 }] }], TimeoutMs = 10_000 };
            var partition = (await client.SendAsync(request, version)).Topics.Single().Partitions.Single();
            Assert.Equal((ErrorCode.None, 0L), (partition.ErrorCode, partition.LowWatermark));
        },
        [ApiKey.InitProducerId] = async (client, _, version) =>
        {
            InitProducerIdResponse response = await client.SendAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, version);
            Assert.Equal((ErrorCode.None, (short)0), (response.ErrorCode, response.ProducerEpoch));
            Assert.True(response.ProducerId >= 0);
        },
        [ApiKey.DescribeConfigs] = DescribeConfigsAsync,
        [ApiKey.AlterConfigs] = async (client, topic, version) =>
        {
            AlterConfigsRequest request = new()
            {
                Resources = [new() { ResourceType = TopicResource, ResourceName = topic.Name, Configs = [new() { Name = "retention.ms", Value = "12345" }] }],
                ValidateOnly = true,
            };
            var response = (await client.SendAsync(request, version)).Responses.Single();
            Assert.Equal((topic.Name, ErrorCode.None), (response.ResourceName, response.ErrorCode));
        },
        [ApiKey.IncrementalAlterConfigs] = async (client, topic, version) =>
        {
            IncrementalAlterConfigsRequest request = new()
            {
                Resources = [new() { ResourceType = TopicResource, ResourceName = topic.Name, Configs = [new ConfigOp { Name = "retention.ms", Value = "12345" }] }],
                ValidateOnly = true,
            };
            var response = (await client.SendAsync(request, version)).Responses.Single();
            Assert.Equal((topic.Name, ErrorCode.None), (response.ResourceName, response.ErrorCode));
        },
        [ApiKey.ListConfigResources] = async (client, topic, version) =>
        {
            ListConfigResourcesRequest request = new() { ResourceTypes = version == 0 ? [] : [TopicResource] };
            ListConfigResourcesResponse response = await client.SendAsync(request, version);
            Assert.Equal(ErrorCode.None, response.ErrorCode);
            // Version 0 knows client metrics only.
            Assert.Equal(version > 0, response.ConfigResources.Any(r => r.ResourceName == topic.Name && r.ResourceType == TopicResource));
        },
        [ApiKey.AlterReplicaLogDirs] = async (client, topic, version) =>
        {
            AlterReplicaLogDirsRequest request = new() { Dirs = [new() { Path = "/nowhere", Topics = [new() { Name = topic.Name, Partitions = [1] }] }] };
            var result = (await client.SendAsync(request, version)).Results.Single();
            Assert.Equal((topic.Name, 1, ErrorCode.LogDirNotFound), (result.TopicName, result.Partitions.Single().PartitionIndex, result.Partitions.Single().ErrorCode));
        },
        [ApiKey.DescribeLogDirs] = async (client, topic, version) =>
        {
            DescribeLogDirsRequest request = new() { Topics = [new() { Topic = topic.Name, Partitions = [0] }] };
            var folder = (await client.SendAsync(request, version)).Results.Single();
            var partition = folder.Topics.Single().Partitions.Single();
            Assert.Equal((ErrorCode.None, 0, 0L, false), (folder.ErrorCode, partition.PartitionIndex, partition.OffsetLag, partition.IsFutureKey));
            Assert.True(partition.PartitionSize > 61);
            Assert.Equal(version >= 4, folder.TotalBytes > 0 && folder.UsableBytes > 0);
        },
        [ApiKey.DescribeCluster] = async (client, _, version) =>
        {
            DescribeClusterResponse response = await client.SendAsync(new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true }, version);
            Assert.Equal(ErrorCode.None, response.ErrorCode);
            Assert.NotEmpty(response.ClusterId);
            Assert.Equal("127.0.0.1", response.Brokers.Single().Host);
            Assert.NotEqual(int.MinValue, response.ClusterAuthorizedOperations);
        },
        [ApiKey.DescribeProducers] = async (client, topic, version) =>
        {
            DescribeProducersRequest request = new() { Topics = [new() { Name = topic.Name, PartitionIndexes = [0] }] };
            Assert.Equal(ErrorCode.None, (await client.SendAsync(request, version)).Topics.Single().Partitions.Single().ErrorCode);
        },
        [ApiKey.DescribeTopicPartitions] = async (client, topic, version) =>
        {
            DescribeTopicPartitionsRequest request = new() { Topics = [new() { Name = topic.Name }] };
            var found = (await client.SendAsync(request, version)).Topics.Single();
            Assert.Equal((ErrorCode.None, topic.Id, 2), (found.ErrorCode, found.TopicId, found.Partitions.Length));
        },
    };

    public static readonly Dictionary<ApiKey, Func<WireClient, Topic, short, Task>> All = new(Own.Concat(GroupExchanges.All));

    private static async Task MetadataAsync(WireClient client, Topic topic, short version)
    {
        MetadataResponse response = await client.SendAsync(new MetadataRequest { Topics = [new() { Name = topic.Name }] }, version);
        MetadataResponse.MetadataResponseBroker broker = response.Brokers.Single();
        Assert.Equal("127.0.0.1", broker.Host);
        var found = response.Topics.Single();
        Assert.Equal((ErrorCode.None, topic.Name, false), (found.ErrorCode, found.Name, found.IsInternal));
        Assert.Equal([0, 1], found.Partitions.Select(p => p.PartitionIndex).Order());
        Assert.All(found.Partitions, p => Assert.Equal(broker.NodeId, p.LeaderId));
        Assert.All(found.Partitions, p => Assert.Equal([broker.NodeId], p.IsrNodes));
        Assert.Equal(version >= 1 ? broker.NodeId : -1, response.ControllerId);
        Assert.Equal(version >= 2, response.ClusterId is { Length: > 0 });
        Assert.Equal(version >= 7 ? 0 : -1, found.Partitions[0].LeaderEpoch);
        Assert.Equal(version >= 10 ? topic.Id : Guid.Empty, found.TopicId);

        // No topics: null asks for all from version 1 on, an empty list in version 0.
        MetadataResponse all = await client.SendAsync(new MetadataRequest { Topics = version == 0 ? [] : null }, version);
        Assert.Contains(all.Topics, t => t.Name == topic.Name);
        if (version >= 1)
        {
            Assert.Empty((await client.SendAsync(new MetadataRequest { Topics = [] }, version)).Topics);
        }

        if (version >= 12)
        {
            MetadataResponse byId = await client.SendAsync(new MetadataRequest { Topics = [new() { TopicId = topic.Id, Name = null }] }, version);
            Assert.Equal(topic.Name, byId.Topics.Single().Name);
            MetadataResponse unknown = await client.SendAsync(new MetadataRequest { Topics = [new() { TopicId = Topic.Unknown.Id, Name = null }] }, version);
            Assert.Equal(ErrorCode.UnknownTopicId, unknown.Topics.Single().ErrorCode);
        }
    }

    private static async Task ProduceAsync(WireClient client, Topic topic, short version)
    {
        var partition = (await client.SendAsync(Batches.Produce(topic, Batches.Of(2), partition: 1), version)).Responses.Single().PartitionResponses.Single();
        Assert.Equal((1, ErrorCode.None), (partition.Index, partition.ErrorCode));
        Assert.True(partition.BaseOffset >= 0);
        Assert.Equal(version >= 5 ? 0 : -1, partition.LogStartOffset);
    }

    private static async Task FetchAsync(WireClient client, Topic topic, short version)
    {
        FetchResponse response = await client.SendAsync(Batches.Fetch(topic, 0), version);
        var partition = response.Responses.Single().Partitions.Single();
        Assert.Equal((ErrorCode.None, 3L), (partition.ErrorCode, partition.HighWatermark));
        Assert.Equal(version >= 5 ? 0 : -1, partition.LogStartOffset);
        Assert.Equal(version >= 13 ? topic.Id : Guid.Empty, response.Responses[0].TopicId);
        Assert.Equal([0, 1, 2], Batches.Offsets(partition.Records));
    }

    private static async Task ListOffsetsAsync(WireClient client, Topic topic, short version)
    {
        ListOffsetsRequest request = new() { ReplicaId = -1, Topics = [new() { Name = topic.Name, Partitions = [new() { Timestamp = -1 }] }] };
        var partition = (await client.SendAsync(request, version)).Topics.Single().Partitions.Single();
        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        Assert.Equal(3, version == 0 ? partition.OldStyleOffsets.Single() : partition.Offset);
        Assert.Equal(version >= 4 ? 0 : -1, partition.LeaderEpoch);
    }

    private static async Task CreateTopicsAsync(WireClient client, Topic topic, short version)
    {
        CreateTopicsRequest request = new()
        {
            Topics =
            [
                new() { Name = $"created-{Guid.NewGuid():N}", NumPartitions = 2, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "12345" }] },
                new() { Name = topic.Name, NumPartitions = 2, ReplicationFactor = 1 },
            ],
            TimeoutMs = 10_000,
        };
        CreateTopicsResponse response = await client.SendAsync(request, version);
        Dictionary<string, CreateTopicsResponse.CreatableTopicResult> results = response.Topics.ToDictionary(t => t.Name);
        Assert.Equal(ErrorCode.TopicAlreadyExists, results[topic.Name].ErrorCode);
        var created = results[request.Topics[0].Name];
        Assert.Equal(ErrorCode.None, created.ErrorCode);
        Assert.Equal(version >= 7, created.TopicId != Guid.Empty);
        if (version >= 5)
        {
            Assert.Equal((2, (short)1), (created.NumPartitions, created.ReplicationFactor));
            Assert.Equal("12345", created.Configs!.Single(c => c.Name == "retention.ms").Value);
        }
    }

    private static async Task DeleteTopicsAsync(WireClient client, Topic topic, short version)
    {
        Topic doomed = await Topic.CreateAsync(client);
        DeleteTopicsRequest request = version >= 6
            ? new() { Topics = [new() { Name = null, TopicId = doomed.Id }, new() { Name = "no-such-topic" }], TimeoutMs = 10_000 }
            : new() { TopicNames = [doomed.Name, "no-such-topic"], TimeoutMs = 10_000 };
        DeleteTopicsResponse response = await client.SendAsync(request, version);
        Assert.Equal(ErrorCode.None, response.Responses.Single(r => r.Name == doomed.Name).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, response.Responses.Single(r => r.Name == "no-such-topic").ErrorCode);
        Assert.NotEqual(doomed.Name, topic.Name);
    }

    private static async Task DescribeConfigsAsync(WireClient client, Topic topic, short version)
    {
        DescribeConfigsRequest request = new()
        {
            Resources = [new() { ResourceType = TopicResource, ResourceName = topic.Name, ConfigurationKeys = ["retention.ms", "segment.bytes"] }],
            IncludeSynonyms = version >= 1,
            IncludeDocumentation = version >= 3,
        };
        var result = (await client.SendAsync(request, version)).Results.Single();
        Assert.Equal((ErrorCode.None, topic.Name, 2), (result.ErrorCode, result.ResourceName, result.Configs.Length));
        var config = result.Configs.Single(c => c.Name == "segment.bytes");
        Assert.Equal(("1073741824", false, false), (config.Value, config.ReadOnly, config.IsSensitive));
        Assert.Equal(version >= 1 ? 5 : -1, config.ConfigSource);
        Assert.Equal(version >= 1 ? "log.segment.bytes" : null, config.Synonyms.FirstOrDefault()?.Name);
        Assert.Equal(version >= 3 ? 3 : 0, config.ConfigType);
        Assert.Equal(version >= 3, config.Documentation is { Length: > 20 });
    }
}
