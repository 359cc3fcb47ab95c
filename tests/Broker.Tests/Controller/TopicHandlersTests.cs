using KLog.Broker.Controller;
using KLog.Broker.Handlers;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Create = KLog.Protocol.Messages.CreateTopicsRequest.CreatableTopic;
using Created = KLog.Protocol.Messages.CreateTopicsResponse.CreatableTopicResult;
using Delete = KLog.Protocol.Messages.DeleteTopicsRequest.DeleteTopicState;
using Deleted = KLog.Protocol.Messages.DeleteTopicsResponse.DeletableTopicResult;

namespace KLog.Broker.Tests.Controller;

public sealed class TopicHandlersTests
{
    [Fact]
    public async Task CreateTopics_answers_each_topic_in_its_place()
    {
        await using TestController controller = await TestController.StartAsync();
        CreateTopicsResponse response = await CreateAsync(controller, 7, topics:
        [
            Topic("a"), Topic("twice"), Topic("b", configs: [new() { Name = "retention.ms", Value = "5" }]), Topic("twice"), Topic("a/b"), Topic("__cluster_metadata"),
        ]);
        Assert.Equal(["a", "twice", "b", "twice", "a/b", "__cluster_metadata"], response.Topics.Select(topic => topic.Name));
        Assert.Equal(
            [ErrorCode.None, ErrorCode.InvalidRequest, ErrorCode.None, ErrorCode.InvalidRequest, ErrorCode.InvalidTopicException, ErrorCode.TopicAuthorizationFailed],
            response.Topics.Select(topic => topic.ErrorCode));
        Created made = response.Topics[2];
        Assert.Equal((controller.View.Current.Topic("b")!.Id, null, 2, 1), (made.TopicId, made.ErrorMessage, made.NumPartitions, made.ReplicationFactor));
        Assert.Equal(("5", 1), made.Configs!.Where(config => config.Name == "retention.ms").Select(config => (config.Value, (int)config.ConfigSource)).Single());
        Assert.Equal(("delete", 5), made.Configs!.Where(config => config.Name == "cleanup.policy").Select(config => (config.Value, (int)config.ConfigSource)).Single());
        Assert.Equal((-1, -1, Guid.Empty), (response.Topics[4].NumPartitions, response.Topics[4].ReplicationFactor, response.Topics[4].TopicId));
    }

    [Fact]
    public async Task A_config_that_the_brokers_file_sets_is_told_with_its_source()
    {
        await using TestController controller = await TestController.StartAsync("log.retention.hours=1");
        Created made = (await CreateAsync(controller, 5, topics: [Topic("a")])).Topics[0];
        Assert.Equal(("3600000", 4), made.Configs!.Where(config => config.Name == "retention.ms").Select(config => (config.Value, (int)config.ConfigSource)).Single());
    }

    [Fact]
    public async Task Validating_gives_no_id_and_a_timeout_of_zero_answers_that()
    {
        await using TestController controller = await TestController.StartAsync();
        Created validated = (await CreateAsync(controller, 7, validateOnly: true, timeoutMs: 0, topics: [Topic("a")])).Topics[0];
        Assert.Equal((ErrorCode.None, Guid.Empty, 2), (validated.ErrorCode, validated.TopicId, validated.NumPartitions));
        Assert.Null(controller.View.Current.Topic("a"));
        Assert.Equal(ErrorCode.RequestTimedOut, (await CreateAsync(controller, 7, timeoutMs: 0, topics: [Topic("a")])).Topics[0].ErrorCode);
        Assert.NotNull(controller.View.Current.Topic("a"));
    }

    [Fact]
    public async Task DeleteTopics_takes_names_and_ids()
    {
        await using TestController controller = await TestController.StartAsync();
        Guid a = (await controller.CreateAsync("a")).Topic!.Id;
        Guid unknown = Guid.NewGuid();
        await controller.CreateAsync("b");
        await controller.CreateAsync("c");
        Guid c = controller.View.Current.Topic("c")!.Id;
        Deleted[] results = await DeleteAsync(controller, 6,
            new Delete { TopicId = a }, new Delete { Name = "b" }, new Delete { TopicId = unknown }, new Delete { Name = "nope" }, new Delete(),
            new Delete { Name = "b", TopicId = a }, new Delete { Name = "c" }, new Delete { TopicId = c });
        Assert.Equal(
            [ErrorCode.None, ErrorCode.InvalidRequest, ErrorCode.UnknownTopicId, ErrorCode.UnknownTopicOrPartition, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest],
            results.Select(result => result.ErrorCode));
        Assert.Equal(("a", a), (results[0].Name, results[0].TopicId));
        Assert.Equal((null, unknown), (results[2].Name, results[2].TopicId));
        Assert.Equal(["b", "c"], controller.View.Current.Topics.Keys.Order());
        Assert.Equal(ErrorCode.None, (await DeleteAsync(controller, 6, new Delete { Name = "b" }))[0].ErrorCode);
    }

    [Fact]
    public async Task DeleteTopics_before_version_6_takes_names()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("a");
        var handler = new DeleteTopicsHandler(controller.Loop, controller.View, controller.Config);
        DeleteTopicsResponse response = (await handler.HandleAsync(new DeleteTopicsRequest { TopicNames = ["a", "b"], TimeoutMs = 1000 }, TestController.Context(ApiKey.DeleteTopics, 1)))!;
        Assert.Equal([("a", ErrorCode.None), ("b", ErrorCode.UnknownTopicOrPartition)], response.Responses.Select(result => (result.Name!, result.ErrorCode)));
    }

    [Theory]
    [InlineData(2, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.TopicDeletionDisabled)]
    public async Task Deletion_can_be_switched_off(short version, ErrorCode error)
    {
        await using TestController controller = await TestController.StartAsync("delete.topic.enable=false");
        await controller.CreateAsync("a");
        var handler = new DeleteTopicsHandler(controller.Loop, controller.View, controller.Config);
        DeleteTopicsResponse response = (await handler.HandleAsync(new DeleteTopicsRequest { TopicNames = ["a"], TimeoutMs = 1000 }, TestController.Context(ApiKey.DeleteTopics, version)))!;
        Assert.Equal(error, response.Responses[0].ErrorCode);
        Assert.NotNull(controller.View.Current.Topic("a"));
    }

    [Fact]
    public async Task CreatePartitions_refuses_a_topic_that_is_named_twice()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("a");
        await controller.CreateAsync("b");
        CreatePartitionsRequest.CreatePartitionsTopic Grow(string name, int count) => new() { Name = name, Count = count, Assignments = null };
        var request = new CreatePartitionsRequest { Topics = [Grow("a", 2), Grow("b", 2), Grow("a", 3), Grow("c", 3)], TimeoutMs = 1000 };
        CreatePartitionsResponse response = (await new CreatePartitionsHandler(controller.Loop).HandleAsync(request, TestController.Context(ApiKey.CreatePartitions, 3)))!;
        Assert.Equal(
            [("a", ErrorCode.InvalidRequest), ("b", ErrorCode.None), ("c", ErrorCode.UnknownTopicOrPartition)],
            response.Results.Select(result => (result.Name, result.ErrorCode)).Order());
    }

    [Fact]
    public async Task Missing_topics_are_made_with_the_brokers_defaults()
    {
        await using TestController controller = await TestController.StartAsync("num.partitions=4");
        await controller.CreateAsync("there");
        var creation = new AutoTopicCreation(controller.Loop, controller.View, controller.Config);
        IReadOnlyDictionary<string, TopicRefusal> refused = await creation.CreateMissingAsync(["there", "new", "a/b", "__consumer_offsets"]);
        Assert.Equal([("__consumer_offsets", ErrorCode.InvalidReplicationFactor), ("a/b", ErrorCode.InvalidTopicException)], refused.Select(r => (r.Key, r.Value.Error)).Order());
        Assert.Equal(4, controller.View.Current.Topic("new")!.Partitions.Count);
    }

    private static Create Topic(string name, int partitions = 2, Create.CreatableTopicConfig[]? configs = null) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs ?? [] };

    private static async Task<CreateTopicsResponse> CreateAsync(TestController controller, short version, Create[] topics, bool validateOnly = false, int timeoutMs = 1000)
    {
        var handler = new CreateTopicsHandler(controller.Loop, controller.Config);
        var request = new CreateTopicsRequest { Topics = topics, ValidateOnly = validateOnly, TimeoutMs = timeoutMs };
        return (await handler.HandleAsync(request, TestController.Context(ApiKey.CreateTopics, version)))!;
    }

    private static async Task<Deleted[]> DeleteAsync(TestController controller, short version, params Delete[] topics)
    {
        var handler = new DeleteTopicsHandler(controller.Loop, controller.View, controller.Config);
        var request = new DeleteTopicsRequest { Topics = topics, TimeoutMs = 1000 };
        return (await handler.HandleAsync(request, TestController.Context(ApiKey.DeleteTopics, version)))!.Responses;
    }
}
