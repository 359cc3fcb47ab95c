using KLog.Broker.Controller;
using KLog.Broker.Requests;
using KLog.Protocol;
using Request = KLog.Protocol.Messages.CreatePartitionsRequest;
using Response = KLog.Protocol.Messages.CreatePartitionsResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// CreatePartitions, versions 0 to 3. Each topic by itself: grown to the number asked for, or refused with the reason. A
/// topic that the request names twice is refused once for all.
/// </summary>
public sealed class CreatePartitionsHandler(ControllerLoop controller)
{
    public async ValueTask<Response> HandleAsync(Request request, RequestContext context)
    {
        ILookup<bool, Request.CreatePartitionsTopic> single = request.Topics
            .GroupBy(topic => topic.Name, StringComparer.Ordinal)
            .ToLookup(same => same.Count() == 1, same => same.First());
        IReadOnlyList<TopicResult> results = await controller.CreatePartitionsAsync([.. single[true].Select(ToGrowing)], request.ValidateOnly);
        bool inTime = request.ValidateOnly || request.TimeoutMs > 0;
        return new Response
        {
            Results =
            [
                .. results.Select(result => ToResponse(result, inTime)),
                .. single[false].Select(topic => new Response.CreatePartitionsTopicResult
                {
                    Name = topic.Name,
                    ErrorCode = ErrorCode.InvalidRequest,
                    ErrorMessage = "Duplicate topic in request.",
                }),
            ],
        };
    }

    private static GrowingTopic ToGrowing(Request.CreatePartitionsTopic topic) =>
        new(topic.Name, topic.Count, topic.Assignments is null ? null : [.. topic.Assignments.Select(assignment => assignment.BrokerIds)]);

    private static Response.CreatePartitionsTopicResult ToResponse(TopicResult result, bool inTime) => new()
    {
        Name = result.Name,
        ErrorCode = result.Refusal?.Error ?? (inTime ? ErrorCode.None : ErrorCode.RequestTimedOut),
        ErrorMessage = result.Refusal?.Message,
    };
}
