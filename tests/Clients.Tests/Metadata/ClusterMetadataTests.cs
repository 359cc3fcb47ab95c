using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Clients.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Tests.Metadata;

/// <summary>What a client knows of its cluster, and from whom.</summary>
public sealed class ClusterMetadataTests
{
    [Fact]
    public async Task The_first_bootstrap_server_that_answers_tells_of_the_cluster()
    {
        await using FakeCluster cluster = new(brokers: 2);
        BrokerAddress dead = await DeadAddressAsync();
        ClientOptions options = cluster.Options with { BootstrapServers = [dead, cluster.Brokers[0].Address] };
        await using BrokerConnections connections = new(options, TimeProvider.System);
        ClusterMetadata metadata = new(options, connections);
        ClusterView view = await metadata.RefreshAsync([], CancellationToken.None);
        Assert.Equal((2, "fake", 0), (view.Brokers.Count, view.ClusterId, view.ControllerId));
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_reached_names_every_address()
    {
        ClientOptions options = new() { BootstrapServers = [await DeadAddressAsync(), await DeadAddressAsync()] };
        await using BrokerConnections connections = new(options, TimeProvider.System);
        BrokerUnreachableException error = await Assert.ThrowsAsync<BrokerUnreachableException>(
            () => new ClusterMetadata(options, connections).RefreshAsync([], CancellationToken.None));
        Assert.StartsWith("no broker can be reached: ", error.Message, StringComparison.Ordinal);
        Assert.All(options.BootstrapServers, each => Assert.Contains($"{each}: connection refused", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_rest_of_the_cluster_is_asked_when_the_bootstrap_server_is_gone()
    {
        await using FakeCluster cluster = new(brokers: 2);
        cluster.Leaders["t"] = [1];
        await using BrokerConnections connections = new(cluster.Options, TimeProvider.System);
        ClusterMetadata metadata = new(cluster.Options, connections);
        await metadata.RefreshAsync(["t"], CancellationToken.None);
        await cluster.Brokers[0].DisposeAsync();
        await metadata.TryUntilAsync(["t"]);
        Assert.NotEmpty(cluster.Brokers[1].Requests<MetadataRequest>());
        Assert.Equal(1, metadata.Current.Partition(new TopicPartition("t", 0))?.LeaderId);
    }

    [Fact]
    public void What_is_told_of_some_topics_leaves_the_others_and_of_all_replaces_them()
    {
        ClusterView known = ClusterMetadata.Merge(ClusterView.Empty, Response("a", "b"), isWhole: false);
        Assert.Equal(["a", "b", "c"], ClusterMetadata.Merge(known, Response("c"), isWhole: false).Topics.Keys.Order());
        Assert.Equal(["c"], ClusterMetadata.Merge(known, Response("c"), isWhole: true).Topics.Keys);
    }

    private static MetadataResponse Response(params string[] topics) =>
        new() { Topics = [.. topics.Select(each => new MetadataResponse.MetadataResponseTopic { Name = each })] };

    private static async Task<BrokerAddress> DeadAddressAsync()
    {
        await using FakeBroker broker = new();
        return broker.Address;
    }
}
