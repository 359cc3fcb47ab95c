using KLog.Broker.Groups;
using KLog.Broker.Groups.Classic;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>
/// JoinGroup, versions 0 to 9. Since version 4 a new member is given its id first and joins with it (KIP-394); 5 has static
/// members (KIP-345); 9 lets a restarted leader skip its assignment (KIP-814). Answered when the whole group has joined.
/// </summary>
internal sealed class JoinGroupHandler(GroupCoordinator coordinator)
{
    private const short FirstWithNullableProtocol = 7;

    public ValueTask<JoinGroupResponse> HandleAsync(JoinGroupRequest request, RequestContext context)
    {
        GroupShard? shard = coordinator.Find(request.GroupId, out ErrorCode error);
        GroupSettings settings = coordinator.Settings;
        if (shard is not null
            && (request.SessionTimeoutMs < settings.MinSessionTimeoutMs || request.SessionTimeoutMs > settings.MaxSessionTimeoutMs))
        {
            error = ErrorCode.InvalidSessionTimeout;
        }

        if (error == ErrorCode.None && !Fits(request, context.ClientId))
        {
            error = ErrorCode.InvalidRequest;
        }

        if (error != ErrorCode.None)
        {
            return new(For(context.ApiVersion, ClassicGroup.Refusal(error, request.MemberId)));
        }

        // The frame's bytes are gone when the answer comes, and the members' words are kept.
        foreach (JoinGroupRequest.JoinGroupRequestProtocol protocol in request.Protocols)
        {
            protocol.Metadata = protocol.Metadata.ToArray();
        }

        return JoinAsync(shard!, request, context);
    }

    private static async ValueTask<JoinGroupResponse> JoinAsync(GroupShard shard, JoinGroupRequest request, RequestContext context)
    {
        var reply = new TaskCompletionSource<JoinGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        string newMemberId = request.MemberId.Length > 0 ? "" : NewMemberId(request, context.ClientId);
        ClientOrigin origin = new(context.ClientId ?? "", context.Connection.ClientHost);
        (ErrorCode error, _) = shard.Run(
            request.GroupId,
            create: request.MemberId.Length == 0,
            (group, nowMs, effects) => group.Join(request, origin, newMemberId, context.ApiVersion, reply, nowMs, effects));
        if (error != ErrorCode.None)
        {
            error = error == ErrorCode.GroupIdNotFound ? ErrorCode.UnknownMemberId : error;
            return For(context.ApiVersion, ClassicGroup.Refusal(error, request.MemberId));
        }

        return For(context.ApiVersion, await reply.Task);
    }

    private static string NewMemberId(JoinGroupRequest request, string? clientId) =>
        $"{request.GroupInstanceId ?? clientId}-{Guid.NewGuid()}";

    private static bool Fits(JoinGroupRequest request, string? clientId) =>
        RecordText.Fits(request.ProtocolType)
        && RecordText.Fits(request.MemberId)
        && RecordText.Fits(NewMemberId(request, clientId))
        && request.Protocols.All(protocol => RecordText.Fits(protocol.Name));

    private static JoinGroupResponse For(short version, JoinGroupResponse response)
    {
        if (version < FirstWithNullableProtocol)
        {
            response.ProtocolName ??= "";
        }

        return response;
    }
}
