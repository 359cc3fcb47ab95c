using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>DeleteGroups, versions 0 to 2 (KIP-229): groups without members, with their offsets.</summary>
internal sealed class DeleteGroupsHandler(GroupCoordinator coordinator)
{
    public async ValueTask<DeleteGroupsResponse> HandleAsync(DeleteGroupsRequest request, RequestContext context)
    {
        List<DeleteGroupsResponse.DeletableGroupResult> results = [];
        foreach (string groupId in request.GroupsNames)
        {
            results.Add(new DeleteGroupsResponse.DeletableGroupResult { GroupId = groupId, ErrorCode = await DeleteAsync(groupId) });
        }

        return new DeleteGroupsResponse { Results = [.. results] };
    }

    private async ValueTask<ErrorCode> DeleteAsync(string groupId)
    {
        if (coordinator.FindAny(groupId, out ErrorCode error) is not { } shard)
        {
            return error;
        }

        ErrorCode outcome = ErrorCode.None;
        (error, Task? committed) = shard.Run(groupId, create: false, (group, _, effects) =>
        {
            if (!group.HasNoMembers)
            {
                outcome = ErrorCode.NonEmptyGroup;
            }
            else
            {
                group.Delete(effects, written => outcome = WriteErrors.ToClient(written));
            }
        });
        if (committed is not null)
        {
            await committed;
        }

        return error == ErrorCode.None ? outcome : error;
    }
}
