using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>What holds of a group whatever happens to it.</summary>
internal static class GroupInvariants
{
    public static void Check(GroupUnderTest test, ConsumerGroupState before)
    {
        ConsumerGroupState now = test.Group.State;
        NobodySharesAPartition(now);
        Assert.True(now.Epoch >= before.Epoch, $"the epoch fell from {before.Epoch} to {now.Epoch}");
        Assert.True(now.AssignmentEpoch >= before.AssignmentEpoch, "the assignment's epoch fell");
        Assert.True(now.AssignmentEpoch <= now.Epoch, "the assignment is ahead of the group");
        foreach (ConsumerMember member in now.Members.Values)
        {
            Assert.True(member.Epoch <= now.Epoch, $"{member.MemberId} is ahead of the group");
            bool isKnown = before.Member(member.MemberId) is { } former && former.Epoch > 0 && member.Epoch > 0;
            Assert.True(!isKnown || member.Epoch >= before.Member(member.MemberId)!.Epoch, $"the epoch of {member.MemberId} fell");
            Assert.True(member.InstanceId is null || now.StaticMember(member.InstanceId) == member, "an instance has two members");
            Assert.True(
                member.State == ReconciliationState.UnrevokedPartitions || member.PendingRevocation.IsEmpty,
                $"{member.MemberId} is {member.State} and has something pending");
            Assert.True(member.Expression is null || now.Expressions.ContainsKey(member.Expression), "an expression is missing");
        }

        Assert.All(now.Targets.Keys, memberId => Assert.True(now.Members.ContainsKey(memberId), $"{memberId} is gone and has a target"));
        Assert.All(
            now.Expressions.Keys,
            expression => Assert.Contains(now.Members.Values, member => member.Expression == expression));
        TheLogSaysTheSame(test);
    }

    private static void NobodySharesAPartition(ConsumerGroupState state)
    {
        Dictionary<(Guid, int), string> holders = [];
        foreach (ConsumerMember member in state.Members.Values)
        {
            foreach (HeldPartition each in member.Assigned.All.Concat(member.PendingRevocation.All))
            {
                Assert.True(
                    holders.TryAdd((each.Topic, each.Partition), member.MemberId),
                    $"{each} is held by {member.MemberId} and {holders.GetValueOrDefault((each.Topic, each.Partition))}");
            }
        }

        Assert.Equal(
            holders.Select(each => (each.Key.Item1, each.Key.Item2, each.Value)).Order(),
            state.Holders.All.Select(each => (each.Topic, each.Partition, each.MemberId)).Order());
    }

    /// <summary>The log has the state's records and no other, and reads as the state.</summary>
    private static void TheLogSaysTheSame(GroupUnderTest test)
    {
        Assert.Equal(
            Text(ConsumerGroupRecords.All(test.Group.State, 0).Where(IsWritten)),
            Text(test.Log.Records.Where(record => record.Value is not null)));
        Assert.Equal(
            Text(ConsumerGroupRecords.All(test.Group.State, 0)), Text(ConsumerGroupRecords.All(test.Reloaded().State, 0)));

        bool IsWritten(GroupRecord record) => test.Group.State.Epoch > 0;
    }

    private static IEnumerable<string> Text(IEnumerable<GroupRecord> records) =>
        records
            .Select(record =>
            {
                // The assignment's epoch is written with the time.
                (var type, string name) = CompactedLog.Key(record);
                int length = (short)type == 6 ? 6 : record.Value!.Length;
                return $"{(short)type}{name} {Convert.ToHexString(record.Value.AsSpan(0, length))}";
            })
            .Order(StringComparer.Ordinal);
}
