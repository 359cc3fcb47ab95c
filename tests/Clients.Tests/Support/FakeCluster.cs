using KLog.Clients.Admin;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Tests.Support;

/// <summary>Fake brokers that tell of each other, of topics with their leaders, and of one coordinator for all groups.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    public FakeCluster(int brokers = 2, short coordinatorMax = short.MaxValue)
    {
        Brokers = [.. Enumerable.Range(0, brokers).Select(id => new FakeBroker(id))];
        foreach (FakeBroker broker in Brokers)
        {
            broker.On<MetadataRequest, MetadataResponse>(Metadata);
            broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(FindCoordinator, coordinatorMax);
        }
    }

    public FakeBroker[] Brokers { get; }

    /// <summary>By topic, the leader of each partition; −1 for none.</summary>
    public Dictionary<string, int[]> Leaders { get; } = [];

    public int Coordinator { get; set; }

    /// <summary>Limits end when a test advances it.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>Is told each time that metadata is asked for.</summary>
    public Action OnMetadata { get; set; } = () => { };

    public ClientOptions Options => new()
    {
        BootstrapServers = [Brokers[0].Address],
        RetryBackoff = TimeSpan.FromMilliseconds(1),
        RetryBackoffMax = ManualTime.PauseMax,
    };

    public AdminClient Admin() => new(Options, Time);

    public async ValueTask DisposeAsync()
    {
        foreach (FakeBroker broker in Brokers)
        {
            await broker.DisposeAsync();
        }
    }

    private MetadataResponse Metadata(MetadataRequest request)
    {
        OnMetadata();
        return Cluster(request);
    }

    private MetadataResponse Cluster(MetadataRequest request) => new()
    {
        ClusterId = "fake",
        ControllerId = 0,
        Brokers = [.. Brokers.Select(each => new MetadataResponse.MetadataResponseBroker { NodeId = each.Id, Host = each.Address.Host, Port = each.Address.Port })],
        Topics = [.. (request.Topics?.Select(each => each.Name!) ?? Leaders.Keys).Select(Topic)],
    };

    private MetadataResponse.MetadataResponseTopic Topic(string name) => new()
    {
        Name = name,
        ErrorCode = Leaders.ContainsKey(name) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition,
        Partitions =
        [
            .. Leaders.GetValueOrDefault(name, []).Select((leader, i) => new MetadataResponse.MetadataResponseTopic.MetadataResponsePartition
            {
                PartitionIndex = i,
                LeaderId = leader,
                LeaderEpoch = 5,
            }),
        ],
    };

    private FindCoordinatorResponse FindCoordinator(FindCoordinatorRequest request)
    {
        FakeBroker broker = Brokers[Coordinator];
        return request.CoordinatorKeys.Length == 0
            ? new() { NodeId = broker.Id, Host = broker.Address.Host, Port = broker.Address.Port }
            : new()
            {
                Coordinators =
                [
                    .. request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
                    {
                        Key = key,
                        NodeId = broker.Id,
                        Host = broker.Address.Host,
                        Port = broker.Address.Port,
                    }),
                ],
            };
    }
}
