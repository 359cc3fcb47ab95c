using KLog.Broker.Controller;
using KLog.Broker.Metadata;
using KLog.Coordination;
using KLog.Coordination.Registries;
using KLog.Protocol;
using ClientPartition = KLog.Broker.Metadata.PartitionState;

namespace KLog.Broker.Tests.Controller;

public sealed class ControllerLoopTests
{
    [Fact]
    public async Task A_topic_that_is_made_is_in_the_tree_in_the_replicas_and_in_the_view()
    {
        await using TestController controller = await TestController.StartAsync();
        TopicResult result = await controller.CreateAsync(new NewTopic("t", 2, 1, null, [new("retention.ms", "1000")]));

        TopicRecord topic = result.Topic!;
        TopicAssignment inTree = (await new TopicRegistry(controller.Session).FindAsync("t"))!;
        Assert.Equal((topic.Id, 2), (inTree.TopicId, inTree.Partitions.Count));
        Assert.Equal("1000", (await new ConfigRegistry(controller.Session).GetAsync("topics", "t"))["retention.ms"]);
        Assert.NotNull(await new PartitionStateRegistry(controller.Session).FindAsync(new TopicPartition("t", 1)));
        ReplicaRole role = controller.Replicas.Led[new TopicPartition("t", 1)];
        Assert.Equal((topic.Id, true, 0, "1000"), (role.TopicId, role.IsNew, role.State.LeaderEpoch, role.Configs["retention.ms"]));
        TopicState told = controller.View.Current.Topic("t")!;
        Assert.Equal(told, controller.View.Current.Topic(topic.Id));
        Assert.Equal([(0, 0), (1, 0)], told.Partitions.Select(partition => (partition.Index, partition.Leader)));
        Assert.Equal(("zz_m9urkTIa-9FfJc6jlLA", 0), (controller.View.Current.ClusterId, controller.View.Current.ControllerId));
    }

    [Fact]
    public async Task Validating_changes_nothing()
    {
        await using TestController controller = await TestController.StartAsync();
        ClusterSnapshot before = controller.View.Current;
        Assert.NotNull((await controller.CreateAsync(NewTopic.ByDefault("t"), validateOnly: true)).Topic);
        Assert.Same(before, controller.View.Current);
        Assert.Empty(controller.Replicas.Led);
        Assert.Empty(await new TopicRegistry(controller.Session).ListNamesAsync());
    }

    [Fact]
    public async Task What_is_not_said_is_the_brokers_default()
    {
        await using TestController controller = await TestController.StartAsync("num.partitions=3");
        Assert.Equal(3, (await controller.CreateAsync(NewTopic.ByDefault("t"))).Topic!.Partitions.Count);
    }

    [Theory]
    [InlineData("ok.a", 2, 1, ErrorCode.TopicAlreadyExists, "Topic 'ok.a' already exists.")]
    [InlineData("ok_a", 2, 1, ErrorCode.InvalidTopicException, "Topic 'ok_a' collides with existing topics: ok.a")]
    [InlineData("a/b", 2, 1, ErrorCode.InvalidTopicException, "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    [InlineData("t", 0, 1, ErrorCode.InvalidPartitions, "Number of partitions must be larger than 0.")]
    [InlineData("t", -2, 1, ErrorCode.InvalidPartitions, "Number of partitions must be larger than 0.")]
    [InlineData("t", int.MaxValue, 1, ErrorCode.InvalidPartitions, "2147483647 partitions are more than the 100000 that one request may make of a topic.")]
    [InlineData("t", 1, 0, ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0.")]
    [InlineData("t", 1, 2, ErrorCode.InvalidReplicationFactor, "Replication factor: 2 larger than available brokers: 1.")]
    public async Task A_topic_that_cannot_be_is_refused_in_Kafkas_words(string name, int partitions, short factor, ErrorCode error, string message)
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("ok.a");
        Assert.Equal(new TopicRefusal(error, message), (await controller.CreateAsync(name, partitions, factor)).Refusal);
    }

    [Theory]
    [InlineData("0:0 2:0", "partitions should be a consecutive 0-based integer sequence")]
    [InlineData("1:0", "partitions should be a consecutive 0-based integer sequence")]
    [InlineData("0:0 0:0", "partitions should be a consecutive 0-based integer sequence")]
    [InlineData("0:0,0", "Duplicate brokers not allowed in replica assignment: 0, 0 for partition id 0.")]
    [InlineData("0:", "Cannot have replication factor of 0 for partition id 0.")]
    [InlineData("0:7", "The manual partition assignment includes broker 7, but no such broker is registered.")]
    [InlineData("0:-2", "The manual partition assignment includes broker -2, but no such broker is registered.")]
    [InlineData("0:0 1:0,1", "Inconsistent replication factor between partitions, partition 1 has 2 while others have 1.")]
    public async Task An_assignment_that_cannot_be_is_refused(string assignments, string message)
    {
        await using TestController controller = TestController.Prepare(Coordination.Embedded.EmbeddedTree.InMemory(TimeProvider.System));
        await controller.BeginAsync(otherBrokers: 1);
        TopicResult result = await controller.CreateAsync(new NewTopic("t", -1, -1, Assignments(assignments), []));
        Assert.Equal(new TopicRefusal(ErrorCode.InvalidReplicaAssignment, message), result.Refusal);
    }

    [Fact]
    public async Task An_assignment_is_taken_as_it_is()
    {
        await using TestController controller = TestController.Prepare(Coordination.Embedded.EmbeddedTree.InMemory(TimeProvider.System));
        await controller.BeginAsync(otherBrokers: 1);
        await controller.CreateAsync(new NewTopic("t", -1, -1, Assignments("1:0,1 0:1,0"), []));
        Assert.Equal(["1,0", "0,1"], controller.View.Current.Topic("t")!.Partitions.Select(partition => string.Join(',', partition.Replicas)));
        Assert.Equal([new TopicPartition("t", 1)], controller.Replicas.Led.Keys);

        TopicResult both = await controller.CreateAsync(new NewTopic("u", 1, -1, Assignments("0:0"), []));
        Assert.Equal(ErrorCode.InvalidRequest, both.Refusal!.Value.Error);
    }

    [Fact]
    public async Task Configs_are_checked()
    {
        await using TestController controller = await TestController.StartAsync();
        Assert.Equal(ErrorCode.InvalidConfig, (await controller.CreateAsync(new NewTopic("t", 1, 1, null, [new("foo", "bar")]))).Refusal!.Value.Error);
        Assert.Equal(ErrorCode.InvalidConfig, (await controller.CreateAsync(new NewTopic("t", 1, 1, null, [new("retention.ms", "bar")]))).Refusal!.Value.Error);
        TopicResult result = await controller.CreateAsync(new NewTopic("t", 1, 1, null, [new("retention.ms", null)]));
        Assert.Equal(new TopicRefusal(ErrorCode.InvalidConfig, "Null value not supported for topic configs: retention.ms"), result.Refusal);
    }

    [Fact]
    public async Task Topics_of_one_request_collide_with_each_other_too()
    {
        await using TestController controller = await TestController.StartAsync();
        IReadOnlyList<TopicResult> results = await controller.Loop.CreateTopicsAsync([NewTopic.ByDefault("a.b"), NewTopic.ByDefault("a_b"), NewTopic.ByDefault("c")], false);
        Assert.Equal([null, ErrorCode.InvalidTopicException, null], results.Select(result => result.Refusal?.Error));
    }

    [Theory]
    [InlineData("t", 4, null, ErrorCode.InvalidPartitions, "Topic already has 4 partitions.")]
    [InlineData("t", 3, null, ErrorCode.InvalidPartitions, "Topic currently has 4 partitions, which is higher than the requested 3.")]
    [InlineData("t", -5, null, ErrorCode.InvalidPartitions, "Topic currently has 4 partitions, which is higher than the requested -5.")]
    [InlineData("nope", 3, null, ErrorCode.UnknownTopicOrPartition, "The topic 'nope' does not exist.")]
    [InlineData("t", 6, "0", ErrorCode.InvalidReplicaAssignment, "Increasing the number of partitions by 2 but 1 assignments provided.")]
    [InlineData("t", 5, "0,1", ErrorCode.InvalidReplicaAssignment, "Unknown broker(s) in replica assignment: 1.")]
    [InlineData("t", 5, "0,0", ErrorCode.InvalidReplicaAssignment, "Duplicate brokers not allowed in replica assignment: 0, 0 for partition id 4.")]
    [InlineData("t", 5, "", ErrorCode.InvalidReplicaAssignment, "Cannot have replication factor of 0 for partition id 4.")]
    public async Task Growth_that_cannot_be_is_refused_in_Kafkas_words(string topic, int count, string? assignment, ErrorCode error, string message)
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("t", 4);
        IReadOnlyList<IReadOnlyList<int>>? assignments = assignment is null ? null : [Ids(assignment)];
        Assert.Equal(new TopicRefusal(error, message), (await controller.GrowAsync(topic, count, assignments)).Refusal);
        Assert.Equal(4, controller.View.Current.Topic("t")!.Partitions.Count);
    }

    [Fact]
    public async Task A_topic_grows()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("t", 1);
        Assert.Null((await controller.GrowAsync("t", 9, validateOnly: true)).Refusal);
        Assert.Single(controller.View.Current.Topic("t")!.Partitions);
        Assert.Null((await controller.GrowAsync("t", 3)).Refusal);
        await new ConfigRegistry(controller.Session).SetAsync(ConfigRegistry.Topics, "t", new Dictionary<string, string> { ["retention.ms"] = "7" });
        Assert.Null((await controller.GrowAsync("t", 4, [[0]])).Refusal);
        Assert.Equal("7", controller.Replicas.Led[new TopicPartition("t", 3)].Configs["retention.ms"]);
        Assert.Equal(4, controller.View.Current.Topic("t")!.Partitions.Count);
        Assert.Equal(4, controller.Replicas.Led.Count);
        Assert.Equal(4, (await new TopicRegistry(controller.Session).FindAsync("t"))!.Partitions.Count);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_leaves_nothing_and_can_be_made_again_with_another_id()
    {
        await using TestController controller = await TestController.StartAsync();
        Guid first = (await controller.CreateAsync("t", 3)).Topic!.Id;
        Assert.Null(Assert.Single(await controller.Loop.DeleteTopicsAsync(["t"])).Refusal);
        Assert.Empty(controller.Replicas.Led);
        Assert.Empty(controller.View.Current.Topics);
        Assert.Null(controller.View.Current.Topic(first));
        Assert.Null(await controller.Session.ExistsAsync("/brokers/topics/t"));
        Assert.Null(await controller.Session.ExistsAsync("/config/topics/t"));
        Assert.Empty((await controller.Session.GetChildrenAsync("/admin/delete_topics")).Names);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single(await controller.Loop.DeleteTopicsAsync(["t"])).Refusal!.Value.Error);
        Assert.NotEqual(first, (await controller.CreateAsync("t")).Topic!.Id);
    }

    [Fact]
    public async Task After_a_restart_everything_is_led_again_in_the_same_epoch()
    {
        await using TestController before = await TestController.StartAsync();
        Guid id = (await before.CreateAsync(new NewTopic("t", 2, 1, null, [new("retention.ms", "1000")]))).Topic!.Id;
        await before.GrowAsync("t", 3);
        await using TestController after = await before.RestartAsync();

        Assert.Equal(2, after.Loop.Epoch);
        Assert.Equal(3, after.Replicas.Led.Count);
        ReplicaRole role = after.Replicas.Led[new TopicPartition("t", 2)];
        Assert.Equal((id, false, 0, "1000"), (role.TopicId, role.IsNew, role.State.LeaderEpoch, role.Configs["retention.ms"]));
        Assert.Equal([0, 0, 0], after.View.Current.Topic(id)!.Partitions.Select(partition => partition.Leader));
        Assert.Null((await after.GrowAsync("t", 4)).Refusal);
    }

    [Fact]
    public async Task A_deletion_and_a_creation_that_were_cut_short_are_completed()
    {
        await using TestController before = await TestController.StartAsync();
        await before.CreateAsync("going", 2);
        var topics = new TopicRegistry(before.Session);
        await topics.MarkForDeletionAsync("going");
        await topics.MarkForDeletionAsync("gone");
        await topics.CreateAsync(new TopicAssignment("half", Guid.NewGuid(), new Dictionary<int, ReplicaAssignment> { [0] = new([0]) }), new Dictionary<string, string>());
        await using TestController after = await before.RestartAsync();
        Assert.Equal(["half"], after.View.Current.Topics.Keys);
        Assert.Equal([new TopicPartition("half", 0)], after.Replicas.Led.Keys);
        Assert.Empty(await new TopicRegistry(after.Session).ListMarkedForDeletionAsync());
        Assert.Equal(0, (await new PartitionStateRegistry(after.Session).FindAsync(new TopicPartition("half", 0)))!.Leader);
    }

    [Fact]
    public async Task A_partition_whose_leader_is_gone_gets_a_new_one_or_none()
    {
        await using TestController before = TestController.Prepare(Coordination.Embedded.EmbeddedTree.InMemory(TimeProvider.System));
        await before.BeginAsync(otherBrokers: 1);
        await before.CreateAsync(new NewTopic("t", -1, -1, Assignments("0:1,0"), []));
        await before.CreateAsync(new NewTopic("u", -1, -1, Assignments("0:1"), []));
        await using TestController after = await before.RestartAsync();
        ClientPartition t = after.View.Current.Topic("t")!.Partitions[0];
        Assert.Equal((0, 1, "0", "1"), (t.Leader, t.LeaderEpoch, string.Join(',', t.InSync), string.Join(',', t.Offline)));
        ClientPartition u = after.View.Current.Topic("u")!.Partitions[0];
        Assert.Equal((-1, 1, "1", "1"), (u.Leader, u.LeaderEpoch, string.Join(',', u.InSync), string.Join(',', u.Offline)));
    }

    [Fact]
    public async Task Folders_that_the_tree_does_not_know_are_reported_in_one_line()
    {
        await using TestController before = await TestController.StartAsync();
        await before.CreateAsync("t");
        await using TestController after = await before.RestartAsync(next =>
        {
            next.Replicas.Strangers.Add(new TopicPartition("t", 0));
            next.Replicas.Strangers.Add(new TopicPartition("t", 1));
            next.Replicas.Strangers.Add(new TopicPartition("old", 0));
        });
        string line = Assert.Single(after.Log.Lines);
        Assert.Contains("t-1, old-0", line, StringComparison.Ordinal);
        Assert.Contains("left alone (klog adopt", line, StringComparison.Ordinal);
        Assert.Equal([new TopicPartition("t", 1), new TopicPartition("old", 0)], after.Replicas.LeftAlone);
    }

    [Fact]
    public async Task A_partition_whose_log_cannot_be_opened_is_offline_and_the_others_go_on()
    {
        await using TestController before = await TestController.StartAsync();
        await before.CreateAsync("t", 2);
        await using TestController after = await before.RestartAsync(next => next.Replicas.Failing.Add(new TopicPartition("t", 1)));
        IReadOnlyList<ClientPartition> partitions = after.View.Current.Topic("t")!.Partitions;
        Assert.Equal([(0, ""), (-1, "0")], partitions.Select(partition => (partition.Leader, string.Join(',', partition.Offline))));
    }

    [Fact]
    public async Task Without_the_controllership_every_change_is_refused()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.Session.ExpireAsync();
        TopicResult made = await controller.CreateAsync("t");
        Assert.Equal(ErrorCode.NotController, made.Refusal!.Value.Error);

        await using TestController second = TestController.Prepare(controller.Tree);
        await second.BeginAsync();
        Assert.True(second.Loop.IsActive);
        Assert.Equal(2, second.Loop.Epoch);
    }

    [Fact]
    public async Task A_controller_that_was_replaced_writes_nothing()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.Session.SetAsync("/controller_epoch", "9"u8.ToArray());
        Assert.Equal(ErrorCode.NotController, (await controller.CreateAsync("t")).Refusal!.Value.Error);
        Assert.Empty(await new TopicRegistry(controller.Session).ListNamesAsync());
        Assert.Empty(controller.Replicas.Led);
    }

    [Fact]
    public async Task Two_thousand_topics_are_made_by_one_request()
    {
        await using TestController controller = await TestController.StartAsync();
        NewTopic[] topics = [.. Enumerable.Range(0, 2000).Select(i => NewTopic.ByDefault($"t{i}"))];
        Assert.All(await controller.Loop.CreateTopicsAsync(topics, false), result => Assert.Null(result.Refusal));
        Assert.Equal(2000, controller.View.Current.Topics.Count);
    }

    private static List<(int Partition, IReadOnlyList<int> Brokers)> Assignments(string text) =>
        [.. text.Split(' ').Select(part => part.Split(':')).Select(part => (Ids(part[0])[0], (IReadOnlyList<int>)Ids(part[1])))];

    private static int[] Ids(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];
}
