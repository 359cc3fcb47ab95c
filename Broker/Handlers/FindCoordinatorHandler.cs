using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers;

/// <summary>
/// FindCoordinator, versions 0 to 6. Neither groups nor transactions have a coordinator in this broker yet, and every
/// key is refused with an error that clients take as final, with the reason. It is there because librdkafka takes the
/// request as the sign that a broker knows LZ4.
/// </summary>
internal sealed class FindCoordinatorHandler
{
    private const sbyte Group = 0;

    public static ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        (ErrorCode error, string reason) = request.KeyType == Group
            ? (ErrorCode.UnsupportedVersion, "this KLog broker does not have consumer groups yet: assign partitions by hand")
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
