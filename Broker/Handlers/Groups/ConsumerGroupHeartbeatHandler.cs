using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>ConsumerGroupHeartbeat, versions 0 and 1 (KIP-848); since version 1 a subscription may be a regular expression.</summary>
internal sealed class ConsumerGroupHeartbeatHandler(GroupCoordinator coordinator)
{
    public ValueTask<ConsumerGroupHeartbeatResponse> HandleAsync(ConsumerGroupHeartbeatRequest request, RequestContext context)
    {
        if (!coordinator.Settings.Consumer.IsEnabled)
        {
            return new(new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.UnsupportedVersion });
        }

        if (HeartbeatChecks.Identity(request, context.ApiVersion) is { } wrong)
        {
            return new(new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = wrong });
        }

        GroupShard? shard = coordinator.Find(request.GroupId, out ErrorCode error);
        ConsumerGroupHeartbeatResponse? response = null;
        Task? committed = null;
        if (shard is not null)
        {
            ClientOrigin origin = new(context.ClientId ?? "", context.Connection.ClientHost);
            (error, committed) = shard.Run(
                request.GroupId,
                create: request.MemberEpoch == 0,
                (group, nowMs, effects) => group.ConsumerHeartbeat(request, context.ApiVersion, origin, nowMs, effects, answer => response = answer));
        }

        if (error != ErrorCode.None)
        {
            string? reason = error == ErrorCode.GroupIdNotFound ? $"Consumer group {request.GroupId} not found." : null;
            return new(new ConsumerGroupHeartbeatResponse { ErrorCode = error, ErrorMessage = reason });
        }

        return committed is null ? new(response!) : AfterAsync(committed, response!);
    }

    private static async ValueTask<ConsumerGroupHeartbeatResponse> AfterAsync(Task committed, ConsumerGroupHeartbeatResponse response)
    {
        await committed;
        return response;
    }
}
