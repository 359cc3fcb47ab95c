using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using TopicAnswer = KLog.Protocol.Messages.MetadataResponse.MetadataResponseTopic;
using PartitionAnswer = KLog.Protocol.Messages.MetadataResponse.MetadataResponseTopic.MetadataResponsePartition;

namespace KLog.Broker.Handlers;

/// <summary>
/// Metadata, versions 0 to 13: brokers, and topics with their partitions. All topics are asked for by null, in version 0
/// by an empty list; version 4 and up say whether a topic that is missing may be made, before that it may; 8 to 10 (and
/// for topics 8 and up) ask for permitted operations; 10 and up tell topic ids, 12 and up ask by them.
/// A topic that is made on the way is answered complete: it exists when this answers.
/// </summary>
internal sealed class MetadataHandler(ClusterView view, LiveBrokerConfig config, AutoTopicCreation creation)
{
    public ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
    {
        bool wantsAll = request.Topics is null || (context.ApiVersion == 0 && request.Topics.Length == 0);
        if (wantsAll || request.Topics!.Length == 0)
        {
            ClusterSnapshot cluster = view.Current;
            IEnumerable<TopicAnswer> topics = wantsAll
                ? cluster.Topics.Values.Select(topic => Tell(topic, cluster, request, context))
                : [];
            return new(Answer(cluster, topics, request, context));
        }

        if (context.ApiVersion < 12 && request.Topics.Any(topic => topic.TopicId != Guid.Empty || topic.Name is null))
        {
            throw new ProtocolViolationException("a metadata request names a topic by id before version 12");
        }

        string[] missing = MayCreate(request, context) ? [.. Missing(request)] : [];
        return missing.Length == 0 ? new(AnswerAsked(request, context, NoErrors)) : CreateAsync(missing, request, context);
    }

    private static readonly Dictionary<string, TopicRefusal> NoErrors = [];

    private bool MayCreate(MetadataRequest request, in RequestContext context) =>
        (context.ApiVersion < 4 || request.AllowAutoTopicCreation) && config.Current.AutoCreateTopicsEnable;

    private IEnumerable<string> Missing(MetadataRequest request) =>
        request.Topics!.Where(topic => topic.TopicId == Guid.Empty && topic.Name is { } name && view.Current.Topic(name) is null)
            .Select(topic => topic.Name!)
            .Distinct();

    private async ValueTask<MetadataResponse> CreateAsync(
        string[] missing, MetadataRequest request, RequestContext context) =>
        AnswerAsked(request, context, await creation.CreateMissingAsync(missing));

    private MetadataResponse AnswerAsked(
        MetadataRequest request, in RequestContext context, IReadOnlyDictionary<string, TopicRefusal> refused)
    {
        ClusterSnapshot cluster = view.Current;
        List<TopicAnswer> topics = new(request.Topics!.Length);
        foreach (var asked in request.Topics)
        {
            TopicState? topic = asked.TopicId != Guid.Empty ? cluster.Topic(asked.TopicId) : cluster.Topic(asked.Name!);
            topics.Add(topic is not null
                ? Tell(topic, cluster, request, context)
                : new TopicAnswer
                {
                    ErrorCode = ErrorOf(asked, refused),
                    Name = asked.Name ?? (context.ApiVersion < 12 ? "" : null),
                    TopicId = asked.TopicId,
                    IsInternal = asked.Name is { } name && InternalTopics.IsInternal(name),
                });
        }

        return Answer(cluster, topics, request, context);
    }

    private static ErrorCode ErrorOf(
        MetadataRequest.MetadataRequestTopic asked, IReadOnlyDictionary<string, TopicRefusal> refused)
    {
        if (asked.TopicId != Guid.Empty)
        {
            return ErrorCode.UnknownTopicId;
        }

        return refused.TryGetValue(asked.Name!, out TopicRefusal refusal) ? refusal.Error
            : TopicNames.Fault(asked.Name!) is not null ? ErrorCode.InvalidTopicException : ErrorCode.UnknownTopicOrPartition;
    }

    private static MetadataResponse Answer(
        ClusterSnapshot cluster, IEnumerable<TopicAnswer> topics, MetadataRequest request, in RequestContext context)
    {
        string listener = context.ListenerName;
        return new MetadataResponse
        {
            Brokers =
            [
                .. from broker in cluster.Brokers
                   where broker.Endpoint(listener) is not null
                   let endpoint = broker.Endpoint(listener)!.Value
                   select new MetadataResponse.MetadataResponseBroker
                   {
                       NodeId = broker.Id,
                       Host = endpoint.Host,
                       Port = endpoint.Port,
                       Rack = broker.Rack,
                   },
            ],
            ClusterId = cluster.ClusterId,
            ControllerId = cluster.ControllerId,
            Topics = [.. topics],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations
                ? AuthorizedOperations.AllOnCluster
                : AuthorizedOperations.NotGiven,
        };
    }

    private static TopicAnswer Tell(
        TopicState topic, ClusterSnapshot cluster, MetadataRequest request, in RequestContext context)
    {
        var partitions = new PartitionAnswer[topic.Partitions.Count];
        for (int i = 0; i < partitions.Length; i++)
        {
            PartitionState state = topic.Partitions[i];
            partitions[i] = new PartitionAnswer
            {
                ErrorCode = LeaderError(state.Leader, cluster, context),
                PartitionIndex = state.Index,
                LeaderId = state.Leader,
                LeaderEpoch = state.LeaderEpoch,
                ReplicaNodes = [.. state.Replicas],
                IsrNodes = [.. state.InSync],
                OfflineReplicas = [.. state.Offline],
            };
        }

        return new TopicAnswer
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            Partitions = partitions,
            TopicAuthorizedOperations = request.IncludeTopicAuthorizedOperations
                ? AuthorizedOperations.AllOnTopic
                : AuthorizedOperations.NotGiven,
        };
    }

    private static ErrorCode LeaderError(int leader, ClusterSnapshot cluster, in RequestContext context)
    {
        foreach (BrokerNode broker in cluster.Brokers)
        {
            if (broker.Id == leader)
            {
                bool isReached = broker.Endpoint(context.ListenerName) is not null;
                return isReached ? ErrorCode.None
                    : context.ApiVersion >= 6 ? ErrorCode.ListenerNotFound
                    : ErrorCode.LeaderNotAvailable;
            }
        }

        return ErrorCode.LeaderNotAvailable;
    }
}
