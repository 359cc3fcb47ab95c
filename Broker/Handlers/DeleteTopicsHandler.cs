using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using Request = KLog.Protocol.Messages.DeleteTopicsRequest;
using Response = KLog.Protocol.Messages.DeleteTopicsResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// DeleteTopics, versions 0 to 6. With delete.topic.enable=false every topic is TOPIC_DELETION_DISABLED (INVALID_REQUEST
/// before version 3). A topic that the request names twice, or both by name and by id, is refused each time.
/// </summary>
/// <remarks>5: error messages. 6: topics by id, whose names come back in the answer.</remarks>
public sealed class DeleteTopicsHandler(ControllerLoop controller, ClusterView view, LiveBrokerConfig config)
{
    public async ValueTask<Response> HandleAsync(Request request, RequestContext context)
    {
        Request.DeleteTopicState[] asked = context.ApiVersion >= 6
            ? request.Topics
            : [.. request.TopicNames.Select(name => new Request.DeleteTopicState { Name = name })];
        if (!config.Current.DeleteTopicEnable)
        {
            ErrorCode disabled = context.ApiVersion < 3 ? ErrorCode.InvalidRequest : ErrorCode.TopicDeletionDisabled;
            return Answer(asked, topic => Refused(topic.Name, topic.TopicId, disabled, "Topic deletion is disabled."));
        }

        ClusterSnapshot now = view.Current;
        HashSet<string> twice = [.. asked.Select(topic => NameOf(topic, now)).OfType<string>().GroupBy(name => name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key)];
        string[] wanted = [.. asked.Where(topic => RefusalOf(topic, now, twice) is null).Select(topic => NameOf(topic, now)!)];
        Dictionary<string, TopicResult> results = (await controller.DeleteTopicsAsync(wanted)).ToDictionary(result => result.Name);
        return Answer(asked, topic => RefusalOf(topic, now, twice) ?? ToResponse(results[NameOf(topic, now)!], topic.TopicId, request.TimeoutMs));
    }

    private static string? NameOf(Request.DeleteTopicState topic, ClusterSnapshot now) => topic.Name ?? now.Topic(topic.TopicId)?.Name;

    private static Response.DeletableTopicResult? RefusalOf(Request.DeleteTopicState topic, ClusterSnapshot now, HashSet<string> twice)
    {
        if (topic.Name is not null && topic.TopicId != Guid.Empty)
        {
            return Refused(topic.Name, topic.TopicId, ErrorCode.InvalidRequest, "You may not specify both topic name and topic id.");
        }

        if (topic.Name is null && topic.TopicId == Guid.Empty)
        {
            return Refused(null, Guid.Empty, ErrorCode.InvalidRequest, "Neither topic name nor id were specified.");
        }

        return NameOf(topic, now) switch
        {
            null => Refused(null, topic.TopicId, ErrorCode.UnknownTopicId, "This server does not host this topic ID."),
            { } name when twice.Contains(name) => Refused(topic.Name, topic.TopicId, ErrorCode.InvalidRequest, "Found multiple entries for this topic."),
            _ => null,
        };
    }

    private static Response.DeletableTopicResult ToResponse(TopicResult result, Guid askedId, int timeoutMs)
    {
        if (result.Topic is not { } topic)
        {
            return Refused(result.Name, askedId, result.Refusal!.Value.Error, result.Refusal.Value.Message);
        }

        return timeoutMs <= 0
            ? Refused(topic.Name, topic.Id, ErrorCode.RequestTimedOut, "The request timed out.")
            : new Response.DeletableTopicResult { Name = topic.Name, TopicId = topic.Id };
    }

    private static Response.DeletableTopicResult Refused(string? name, Guid id, ErrorCode error, string message) =>
        new() { Name = name, TopicId = id, ErrorCode = error, ErrorMessage = message };

    private static Response Answer(Request.DeleteTopicState[] asked, Func<Request.DeleteTopicState, Response.DeletableTopicResult> result) =>
        new() { Responses = [.. asked.Select(result)] };
}
