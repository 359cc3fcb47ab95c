using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>Deals partitions out in turn, without regard to who had what: much moves.</summary>
internal sealed class RoundRobin(string name) : IPartitionAssignor
{
    public string Name => name;

    public IReadOnlyDictionary<string, MemberPartitions> Assign(AssignmentInput input)
    {
        var targets = input.Members.ToDictionary(member => member.MemberId, _ => new List<(Guid, int)>());
        int turn = 0;
        foreach ((Guid topic, int count) in input.Partitions.OrderBy(topic => topic.Key))
        {
            AssignedMember[] subscribers = [.. input.Members.Where(member => member.Topics.Contains(topic))];
            for (int partition = 0; subscribers.Length > 0 && partition < count; partition++)
            {
                targets[subscribers[turn++ % subscribers.Length].MemberId].Add((topic, partition));
            }
        }

        return targets.ToDictionary(target => target.Key, target => MemberPartitions.Of(target.Value));
    }
}
