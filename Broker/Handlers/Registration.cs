using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Fetching;
using KLog.Broker.Groups;
using KLog.Broker.Handlers.Groups;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Coordination;
using KLog.Coordination.Registries;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Handlers;

/// <summary>Every request that this broker takes, with its handler: the list that ApiVersions tells.</summary>
internal sealed class Registration(
    BrokerIdentity identity,
    LiveBrokerConfig config,
    ICoordinationTree tree,
    LogStore logs,
    ReplicaSet replicas,
    ClusterView view,
    ControllerLoop controller,
    GroupCoordinator groups,
    DynamicConfigs dynamic,
    LogLevels levels,
    TimeProvider time,
    ILoggerFactory loggers)
{
    /// <summary>KIP-227's time for which a session cannot be evicted by another consumer's.</summary>
    private static readonly TimeSpan SessionEvictionAge = TimeSpan.FromMinutes(2);

    private readonly PartitionLookup _lookup = new(replicas, view);

    public void AddTo(RequestDispatcher dispatcher)
    {
        AddRecords(dispatcher);
        AddTopics(dispatcher);
        AddCluster(dispatcher);
        AddConfigs(dispatcher);
        AddGroups(dispatcher);
    }

    private void AddRecords(RequestDispatcher dispatcher)
    {
        var sessions = new FetchSessionCache(
            () => config.Current.MaxIncrementalFetchSessionCacheSlots, SessionEvictionAge, time, Random.Shared);
        dispatcher.OnWithSilence<ProduceRequest, ProduceResponse>(new ProduceHandler(_lookup, view).HandleAsync);
        dispatcher.On<FetchRequest, FetchResponse>(
            new FetchHandler(_lookup, view, sessions, logs.ColdReads, config, time).HandleAsync,
            advertised: new VersionRange(4, FetchRequest.Versions.Max),
            handled: FetchRequest.Versions);
        dispatcher.On<ListOffsetsRequest, ListOffsetsResponse>(new ListOffsetsHandler(_lookup).HandleAsync);
        dispatcher.On<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
            new OffsetForLeaderEpochHandler(_lookup).HandleAsync);
        dispatcher.On<DeleteRecordsRequest, DeleteRecordsResponse>(new DeleteRecordsHandler(_lookup).HandleAsync);
        dispatcher.On<DescribeProducersRequest, DescribeProducersResponse>(
            new DescribeProducersHandler(_lookup).HandleAsync);
        dispatcher.On<DescribeLogDirsRequest, DescribeLogDirsResponse>(new DescribeLogDirsHandler(logs).HandleAsync);
        dispatcher.On<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>(
            new AlterReplicaLogDirsHandler(_lookup, logs).HandleAsync);

        // Version 6 (KIP-939) is not stable yet.
        var ids = new ProducerIds(new ProducerIdBlocks(tree), identity.Id);
        dispatcher.On<InitProducerIdRequest, InitProducerIdResponse>(
            new InitProducerIdHandler(ids, loggers.CreateLogger("producer-ids")).HandleAsync,
            advertised: new VersionRange(0, 5));
    }

    private void AddTopics(RequestDispatcher dispatcher)
    {
        dispatcher.On<MetadataRequest, MetadataResponse>(
            new MetadataHandler(view, config, new AutoTopicCreation(controller, view, config)).HandleAsync);
        dispatcher.On<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsHandler(controller, config).HandleAsync);
        dispatcher.On<DeleteTopicsRequest, DeleteTopicsResponse>(
            new DeleteTopicsHandler(controller, view, config).HandleAsync);
        dispatcher.On<CreatePartitionsRequest, CreatePartitionsResponse>(
            new CreatePartitionsHandler(controller).HandleAsync);
        dispatcher.On<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
            new DescribeTopicPartitionsHandler(view, config).HandleAsync);
    }

    private void AddCluster(RequestDispatcher dispatcher)
    {
        dispatcher.On<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsHandler(dispatcher).HandleAsync);
        dispatcher.On<DescribeClusterRequest, DescribeClusterResponse>(new DescribeClusterHandler(view).HandleAsync);
    }

    private void AddGroups(RequestDispatcher dispatcher)
    {
        dispatcher.On<FindCoordinatorRequest, FindCoordinatorResponse>(
            new FindCoordinatorHandler(view, new AutoTopicCreation(controller, view, config)).HandleAsync);
        dispatcher.On<JoinGroupRequest, JoinGroupResponse>(new JoinGroupHandler(groups).HandleAsync);
        dispatcher.On<SyncGroupRequest, SyncGroupResponse>(new SyncGroupHandler(groups).HandleAsync);
        dispatcher.On<HeartbeatRequest, HeartbeatResponse>(new HeartbeatHandler(groups).HandleAsync);
        dispatcher.On<LeaveGroupRequest, LeaveGroupResponse>(new LeaveGroupHandler(groups).HandleAsync);
        dispatcher.On<OffsetCommitRequest, OffsetCommitResponse>(new OffsetCommitHandler(groups, view).HandleAsync);
        dispatcher.On<OffsetFetchRequest, OffsetFetchResponse>(new OffsetFetchHandler(groups, view).HandleAsync);
        dispatcher.On<OffsetDeleteRequest, OffsetDeleteResponse>(new OffsetDeleteHandler(groups, view).HandleAsync);
        dispatcher.On<ListGroupsRequest, ListGroupsResponse>(new ListGroupsHandler(groups).HandleAsync);
        dispatcher.On<DescribeGroupsRequest, DescribeGroupsResponse>(new DescribeGroupsHandler(groups).HandleAsync);
        dispatcher.On<DeleteGroupsRequest, DeleteGroupsResponse>(new DeleteGroupsHandler(groups).HandleAsync);
        dispatcher.On<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            new ConsumerGroupHeartbeatHandler(groups).HandleAsync);
        dispatcher.On<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(
            new ConsumerGroupDescribeHandler(groups).HandleAsync);
    }

    private void AddConfigs(RequestDispatcher dispatcher)
    {
        var changes = new ConfigChanges(view, config, dynamic, levels);
        dispatcher.On<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsHandler(view, config, dynamic, levels).HandleAsync);
        dispatcher.On<AlterConfigsRequest, AlterConfigsResponse>(new AlterConfigsHandler(changes).HandleAsync);
        dispatcher.On<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsHandler(changes).HandleAsync);
        dispatcher.On<ListConfigResourcesRequest, ListConfigResourcesResponse>(
            new ListConfigResourcesHandler(view, dynamic.Groups).HandleAsync);
    }
}
