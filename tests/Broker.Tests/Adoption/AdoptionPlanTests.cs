using KLog.Broker.Adoption;
using KLog.Broker.Storage;
using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Broker.Tests.Adoption;

public sealed class AdoptionPlanTests
{
    private static readonly Guid Id = new("01020304-0506-0708-090a-0b0c0d0e0f10");
    private static readonly Guid Other = new("11020304-0506-0708-090a-0b0c0d0e0f10");

    [Fact]
    public void A_topic_is_adopted_with_its_id_and_the_next_epochs()
    {
        AdoptionStep step = Assert.Single(Plan([Found("t", 1, Id, epoch: 7), Found("t", 0, Guid.Empty, epoch: -1)]));
        AdoptedTopic topic = step.Topic!;
        Assert.Equal((null, Id), (step.Refusal, topic.Assignment.TopicId));
        Assert.Equal([3], topic.Assignment.Partitions[1].Replicas);
        Assert.Equal([(3, 0), (3, 8)], topic.States.OrderBy(state => state.Key).Select(state => (state.Value.Leader, state.Value.LeaderEpoch)));
    }

    [Fact]
    public void A_topic_without_an_id_gets_one()
    {
        Guid made = Assert.Single(Plan([Found("t", 0, Guid.Empty)])).Topic!.Assignment.TopicId;
        Assert.NotEqual(Guid.Empty, made);
    }

    [Fact]
    public void Partitions_that_are_missing_are_a_refusal_or_made()
    {
        FoundLog[] found = [Found("t", 2, Id, epoch: 4)];
        Assert.Contains("partition 0, 1 is not here", Assert.Single(Plan(found)).Refusal, StringComparison.Ordinal);
        AdoptedTopic filled = Assert.Single(Plan(found, fillGaps: true)).Topic!;
        Assert.Equal([0, 0, 5], filled.States.OrderBy(state => state.Key).Select(state => state.Value.LeaderEpoch));
    }

    [Theory]
    [InlineData("b.c", "the name collides with that of topic b_c")]
    [InlineData("b c", "contains one or more characters other than")]
    [InlineData("known", "is of another topic of that name")]
    public void What_cannot_be_is_refused(string name, string why)
    {
        AdoptionStep step = Assert.Single(Plan([Found(name, 0, Other)]));
        Assert.Null(step.Topic);
        Assert.Contains(why, step.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_that_differ_and_a_partition_in_two_folders_are_refused()
    {
        Assert.Contains("of different topics", Assert.Single(Plan([Found("t", 0, Id), Found("t", 1, Other)])).Refusal, StringComparison.Ordinal);
        Assert.Contains("in two folders", Assert.Single(Plan([Found("t", 0, Id), Found("t", 0, Id)])).Refusal, StringComparison.Ordinal);
        Assert.Contains("collides", Plan([Found("x.y", 0, Id), Found("x_y", 0, Other)])[1].Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_known_stays_as_it_is_and_the_metadata_log_is_no_topic()
    {
        AdoptionStep step = Assert.Single(Plan([Found("known", 0, Id), Found("__cluster_metadata", 0, Guid.Empty)]));
        Assert.True(step.IsKnown);
        Assert.Contains("known with 1 partitions", Assert.Single(Plan([Found("known", 1, Id)])).Refusal, StringComparison.Ordinal);
    }

    private static FoundLog Found(string topic, int partition, Guid id, int epoch = 0) =>
        new(new TopicPartition(topic, partition), $"/data/{topic}-{partition}", id, epoch);

    private static IReadOnlyList<AdoptionStep> Plan(FoundLog[] found, bool fillGaps = false) => AdoptionPlan.Make(
        found,
        new Dictionary<string, TopicAssignment>
        {
            ["known"] = new("known", Id, new Dictionary<int, ReplicaAssignment> { [0] = new([3]) }),
            ["b_c"] = new("b_c", Other, new Dictionary<int, ReplicaAssignment> { [0] = new([3]) }),
        },
        brokerId: 3,
        fillGaps);
}
