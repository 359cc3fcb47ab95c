using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Request = KLog.Protocol.Messages.CreateTopicsRequest;
using Response = KLog.Protocol.Messages.CreateTopicsResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// CreateTopics, versions 0 to 7. Each topic by itself: made whole, or refused with the reason. Partitions and replication
/// factor of −1 are the broker's defaults. A topic that the request names twice is refused, both times. A time-out of 0
/// or less makes the topics too, and answers REQUEST_TIMED_OUT, as Kafka does.
/// </summary>
/// <remarks>1: validateOnly, error messages. 5: partitions, replication factor and configs in the answer. 7: topic ids.</remarks>
public sealed class CreateTopicsHandler(ControllerLoop controller, LiveBrokerConfig config)
{
    public async ValueTask<Response> HandleAsync(Request request, RequestContext context)
    {
        HashSet<string> twice = [.. request.Topics.GroupBy(topic => topic.Name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key)];
        NewTopic[] wanted = [.. request.Topics.Where(topic => RefusalOf(topic, twice) is null).Select(ToNewTopic)];
        IReadOnlyDictionary<string, TopicResult> results = await CreateAsync(request, wanted);
        var response = new Response { Topics = new Response.CreatableTopicResult[request.Topics.Length] };
        for (int i = 0; i < response.Topics.Length; i++)
        {
            Request.CreatableTopic topic = request.Topics[i];
            TopicResult result = RefusalOf(topic, twice) is { } refusal ? TopicResult.Refused(topic.Name, refusal) : results[topic.Name];
            response.Topics[i] = ToResponse(result, request.ValidateOnly, context.ApiVersion);
        }

        return response;
    }

    private static TopicRefusal? RefusalOf(Request.CreatableTopic topic, HashSet<string> twice)
    {
        if (twice.Contains(topic.Name))
        {
            return new TopicRefusal(ErrorCode.InvalidRequest, "Found multiple entries for this topic.");
        }

        return topic.Name == TopicNames.ClusterMetadata ? new TopicRefusal(ErrorCode.TopicAuthorizationFailed, "Authorization failed.") : null;
    }

    private static NewTopic ToNewTopic(Request.CreatableTopic topic) => new(
        topic.Name,
        topic.NumPartitions,
        topic.ReplicationFactor,
        topic.Assignments.Length == 0 ? null : [.. topic.Assignments.Select(assignment => (assignment.PartitionIndex, (IReadOnlyList<int>)assignment.BrokerIds))],
        [.. topic.Configs.Select(entry => KeyValuePair.Create(entry.Name, entry.Value))]);

    private async Task<IReadOnlyDictionary<string, TopicResult>> CreateAsync(Request request, NewTopic[] wanted)
    {
        IReadOnlyList<TopicResult> results = await controller.CreateTopicsAsync(wanted, request.ValidateOnly);
        bool inTime = request.ValidateOnly || request.TimeoutMs > 0;
        return results.ToDictionary(result => result.Name, result => inTime || result.Refusal is not null ? result : TimedOut(result.Name));
    }

    private static TopicResult TimedOut(string topic) => TopicResult.Refused(topic, ErrorCode.RequestTimedOut, "The request timed out.");

    private Response.CreatableTopicResult ToResponse(TopicResult result, bool validateOnly, short version)
    {
        if (result.Topic is not { } topic)
        {
            return new Response.CreatableTopicResult { Name = result.Name, ErrorCode = result.Refusal!.Value.Error, ErrorMessage = result.Refusal.Value.Message };
        }

        return new Response.CreatableTopicResult
        {
            Name = topic.Name,
            TopicId = validateOnly ? Guid.Empty : topic.Id,
            ErrorMessage = null,
            NumPartitions = topic.Partitions.Count,
            ReplicationFactor = (short)topic.Partitions[0].Assignment.Replicas.Count,
            Configs = version >= 5 ? [.. ConfigDescription.OfTopic(config.Current, topic.Configs).Select(ToResponse)] : [],
        };
    }

    private static Response.CreatableTopicResult.CreatableTopicConfigs ToResponse(ConfigEntry entry) => new()
    {
        Name = entry.Name,
        Value = entry.Value,
        ReadOnly = entry.IsReadOnly,
        ConfigSource = (sbyte)entry.Source,
        IsSensitive = entry.Definition.IsSensitive,
    };
}
