using KLog.Broker.Handlers;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Controller;

public sealed class DescribeHandlersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_of_any_size_tell_every_partition_once_and_in_order(int limit)
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("b", 3);
        await controller.CreateAsync("a", 2);
        await controller.CreateAsync("c", 1);
        var told = new List<string>();
        DescribeTopicPartitionsRequest.CursorData? cursor = null;
        int pages = 0;
        do
        {
            DescribeTopicPartitionsResponse page = await DescribeAsync(controller, [], limit, cursor);
            Assert.True(page.Topics.Sum(topic => topic.Partitions.Length) <= limit);
            told.AddRange(page.Topics.SelectMany(topic => topic.Partitions.Select(partition => $"{topic.Name}{partition.PartitionIndex}")));
            cursor = page.NextCursor is { } next ? new() { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex } : null;
            pages++;
        }
        while (cursor is not null);
        Assert.Equal(["a0", "a1", "b0", "b1", "b2", "c0"], told);
        Assert.True(pages >= 6 / limit);
    }

    [Fact]
    public async Task Topics_that_are_asked_for_are_told_with_errors()
    {
        await using TestController controller = await TestController.StartAsync();
        Guid id = (await controller.CreateAsync("a")).Topic!.Id;
        DescribeTopicPartitionsResponse response = await DescribeAsync(controller, ["nope", "a", "a/b"], 100, null);
        Assert.Equal(
            [("a", ErrorCode.None), ("a/b", ErrorCode.InvalidTopicException), ("nope", ErrorCode.UnknownTopicOrPartition)],
            response.Topics.Select(topic => (topic.Name!, topic.ErrorCode)));
        Assert.Equal((id, 3576), (response.Topics[0].TopicId, response.Topics[0].TopicAuthorizedOperations));
        Assert.Equal((0, 0, ErrorCode.None), (response.Topics[0].Partitions[0].LeaderId, response.Topics[0].Partitions[0].LeaderEpoch, response.Topics[0].Partitions[0].ErrorCode));
    }

    [Theory]
    [InlineData("z", 0)]
    [InlineData("a", -1)]
    public async Task A_cursor_that_makes_no_sense_is_refused(string topic, int partition)
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("a");
        DescribeTopicPartitionsResponse response = await DescribeAsync(controller, ["a"], 100, new() { TopicName = topic, PartitionIndex = partition });
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(response.Topics).ErrorCode);
    }

    [Fact]
    public async Task A_cursor_behind_the_last_partition_goes_on_with_the_next_topic()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("a", 2);
        await controller.CreateAsync("b", 1);
        DescribeTopicPartitionsResponse response = await DescribeAsync(controller, [], 1, new() { TopicName = "a", PartitionIndex = int.MaxValue });
        Assert.Equal(["a:0", "b:1"], response.Topics.Select(topic => $"{topic.Name}:{topic.Partitions.Length}"));
        Assert.Null(response.NextCursor);
    }

    [Fact]
    public async Task The_cluster_is_told_by_the_listener_of_the_question()
    {
        await using TestController controller = await TestController.StartAsync();
        var handler = new DescribeClusterHandler(controller.View);
        var context = TestController.Context(ApiKey.DescribeCluster, 1);
        DescribeClusterResponse response = (await handler.HandleAsync(new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true }, context))!;
        Assert.Equal(("zz_m9urkTIa-9FfJc6jlLA", 0, 8096), (response.ClusterId, response.ControllerId, response.ClusterAuthorizedOperations));
        DescribeClusterResponse.DescribeClusterBroker broker = Assert.Single(response.Brokers);
        Assert.Equal((0, "localhost", 9092), (broker.BrokerId, broker.Host, broker.Port));

        Assert.Equal(ErrorCode.MismatchedEndpointType, (await handler.HandleAsync(new DescribeClusterRequest { EndpointType = 2 }, context))!.ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedEndpointType, (await handler.HandleAsync(new DescribeClusterRequest { EndpointType = 3 }, context))!.ErrorCode);
    }

    private static async Task<DescribeTopicPartitionsResponse> DescribeAsync(
        TestController controller, string[] topics, int limit, DescribeTopicPartitionsRequest.CursorData? cursor)
    {
        var handler = new DescribeTopicPartitionsHandler(controller.View, controller.Config);
        var request = new DescribeTopicPartitionsRequest
        {
            Topics = [.. topics.Select(name => new DescribeTopicPartitionsRequest.TopicRequest { Name = name })],
            ResponsePartitionLimit = limit,
            Cursor = cursor,
        };
        return (await handler.HandleAsync(request, TestController.Context(ApiKey.DescribeTopicPartitions, 0)))!;
    }
}
