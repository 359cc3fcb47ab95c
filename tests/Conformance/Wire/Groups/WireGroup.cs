using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>A group that a test made for itself, and what can be asked of it without being a member.</summary>
internal sealed class WireGroup(WireClient client, string id)
{
    public string Id { get; } = id;

    public WireClient Client { get; } = client;

    /// <summary>A group with a name of its own, whose coordinator has loaded its partition: nothing has to be tried again.</summary>
    public static async Task<WireGroup> NewAsync(WireClient client, string? id = null)
    {
        WireGroup group = new(client, id ?? $"group-{Guid.NewGuid():N}");
        ErrorCode error = ErrorCode.None;
        for (long end = Environment.TickCount64 + 20_000; Environment.TickCount64 < end; await Task.Delay(20))
        {
            error = (await client.SendAsync(new FindCoordinatorRequest { Key = group.Id }, 3)).ErrorCode;
            error = error == ErrorCode.None ? (await group.FetchAsync()).ErrorCode : error;
            if (error is not (ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator))
            {
                break;
            }
        }

        Assert.Equal(ErrorCode.None, error);
        return group;
    }

    /// <summary>All of its offsets.</summary>
    public async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync() =>
        (await Client.SendAsync(new OffsetFetchRequest { Groups = [new() { GroupId = Id, Topics = null }] }, 8)).Groups.Single();

    /// <summary>The offset committed for a partition; -1 for none.</summary>
    public async Task<long> OffsetAsync(Topic topic, int partition = 0)
    {
        OffsetFetchRequest request = new()
        {
            Groups = [new() { GroupId = Id, Topics = [new() { Name = topic.Name, PartitionIndexes = [partition] }] }],
        };
        var group = (await Client.SendAsync(request, 8)).Groups.Single();
        Assert.Equal(ErrorCode.None, group.ErrorCode);
        return group.Topics.Single().Partitions.Single().CommittedOffset;
    }

    /// <summary>Commits one offset, as nobody unless a member is named.</summary>
    public async Task<ErrorCode> CommitAsync(
        Topic topic, long offset, string memberId = "", int generation = -1, string? instance = null, string metadata = "", int partition = 0)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = Id,
            MemberId = memberId,
            GenerationIdOrMemberEpoch = generation,
            GroupInstanceId = instance,
            Topics =
            [
                new() { Name = topic.Name, Partitions = [new() { PartitionIndex = partition, CommittedOffset = offset, CommittedMetadata = metadata }] },
            ],
        };
        return (await Client.SendAsync(request, 8)).Topics.Single().Partitions.Single().ErrorCode;
    }

    public async Task<DescribeGroupsResponse.DescribedGroup> DescribeAsync() =>
        (await Client.SendAsync(new DescribeGroupsRequest { Groups = [Id] }, 5)).Groups.Single();

    public async Task<ErrorCode> DeleteAsync() =>
        (await Client.SendAsync(new DeleteGroupsRequest { GroupsNames = [Id] }, 2)).Results.Single().ErrorCode;

    /// <summary>Deletes one committed offset: the group's error, and the partition's.</summary>
    public async Task<(ErrorCode Group, ErrorCode? Partition)> DeleteOffsetAsync(Topic topic, int partition = 0)
    {
        OffsetDeleteRequest request = new()
        {
            GroupId = Id,
            Topics = [new() { Name = topic.Name, Partitions = [new() { PartitionIndex = partition }] }],
        };
        OffsetDeleteResponse response = await Client.SendAsync(request, 0);
        return (response.ErrorCode, response.Topics.SingleOrDefault()?.Partitions.Single().ErrorCode);
    }
}
