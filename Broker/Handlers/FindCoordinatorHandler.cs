using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers;

/// <summary>
/// FindCoordinator, versions 0 to 6. Neither groups nor transactions have a coordinator in this broker yet. A group is
/// told to wait, because librdkafka looks for its coordinator even when partitions are assigned by hand, and a final
/// error would reach such a consumer; a transactional id is refused for good. The request is there at all because
/// librdkafka takes it as the sign that a broker knows LZ4.
/// </summary>
internal sealed class FindCoordinatorHandler
{
    private const sbyte Group = 0;

    public static ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        (ErrorCode error, string reason) = request.KeyType == Group
            ? (ErrorCode.CoordinatorNotAvailable, "this KLog broker does not have consumer groups yet: assign partitions by hand")
            : (ErrorCode.TransactionalIdAuthorizationFailed, "this KLog broker does not have transactions yet");
        var none = new FindCoordinatorResponse
        {
            ErrorCode = error,
            ErrorMessage = reason,
            NodeId = -1,
            Port = -1,
        };
        return new(context.ApiVersion < 4 ? none : new FindCoordinatorResponse
        {
            Coordinators =
            [
                .. request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
                {
                    Key = key,
                    ErrorCode = error,
                    ErrorMessage = reason,
                    NodeId = -1,
                    Port = -1,
                }),
            ],
        });
    }
}
