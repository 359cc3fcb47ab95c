using KLog.Broker.Groups.Assignors;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ The three layers of KIP-848, one after the other: what members and topics are, what each is to have, and how far a
/// member has come on its way there.
/// </summary>
internal static class Rebalance
{
    /// <summary>
    /// Bumps the group's epoch where a member is new, or a subscription or a subscribed topic has changed, and then finds new
    /// targets.
    /// </summary>
    /// <param name="isMemberChanged">Whether the member that the draft is made for is new, or its subscription is.</param>
    /// <param name="isClusterNew">Whether the group has not seen this state of the cluster yet.</param>
    public static void Refresh(
        ConsumerGroupDraft draft,
        IReadOnlyDictionary<string, IPartitionAssignor> assignors,
        bool isMemberChanged,
        bool isClusterNew)
    {
        bool isBumped = isMemberChanged | RefreshExpressions(draft, isClusterNew) || draft.State.Epoch == 0;
        if (isBumped || isClusterNew)
        {
            long hash = new Subscriptions(draft.State, draft.Context.Cluster).Hash();
            if (isBumped || hash != draft.State.MetadataHash)
            {
                draft.Bump(hash);
            }
        }

        draft.HasSeenCluster = true;
        if (draft.State.Epoch > draft.State.AssignmentEpoch)
        {
            Retarget(draft, assignors);
        }
    }

    /// <summary>Takes a member a step on.</summary>
    /// <param name="owned">What it says that it owns; null where it does not say.</param>
    public static ConsumerMember Reconcile(
        ConsumerGroupDraft draft, ConsumerMember member, IReadOnlyList<ConsumerGroupHeartbeatRequest.TopicPartitionsData>? owned)
    {
        ConsumerMember next = new Reconciliation
        {
            Group = draft.State,
            TargetEpoch = draft.State.AssignmentEpoch,
            Target = draft.State.Target(member.MemberId),
            Owned = owned,
            Subscribed = new Subscriptions(draft.State, draft.Context.Cluster).Of(member),
        }.Step(member);
        if (ReferenceEquals(next, member))
        {
            return member;
        }

        draft.Assign(next);
        bool hasToRevoke = next.State == ReconciliationState.UnrevokedPartitions && next.Classic is null;
        draft.Set(member.MemberId, DeadlineKind.Revocation, hasToRevoke ? next.RebalanceTimeoutMs : MemberDeadlines.Never);
        return next;
    }

    /// <summary>Takes members out, and bumps the epoch. The next heartbeat of anyone finds new targets.</summary>
    public static void Remove(ConsumerGroupDraft draft, IEnumerable<ConsumerMember> members)
    {
        foreach (ConsumerMember member in members)
        {
            draft.Remove(member);
        }

        RefreshExpressions(draft, isClusterNew: false);
        draft.Bump(new Subscriptions(draft.State, draft.Context.Cluster).Hash());
    }

    /// <summary>The assignor that most members ask for; the first of the settings where none does.</summary>
    public static string PreferredAssignor(ConsumerGroupState group, ConsumerGroupSettings settings)
    {
        int Rank(string name)
        {
            int at = settings.Assignors.IndexOf(name);
            return at < 0 ? int.MaxValue : at;
        }

        return group.Members.Values
            .Select(member => member.ServerAssignor)
            .OfType<string>()
            .GroupBy(name => name)
            .OrderByDescending(name => name.Count())
            .ThenBy(name => Rank(name.Key))
            .FirstOrDefault()?.Key ?? settings.Assignors[0];
    }

    /// <summary>Keeps the expressions those of the members. Answers whether the topics of any have changed.</summary>
    private static bool RefreshExpressions(ConsumerGroupDraft draft, bool isClusterNew)
    {
        ConsumerGroupState group = draft.State;
        HashSet<string> inUse = [.. group.Members.Values.Select(member => member.Expression).OfType<string>()];
        bool isChanged = false;
        foreach (string expression in inUse.Where(each => isClusterNew || !group.Expressions.ContainsKey(each)))
        {
            string[] topics = TopicExpressions.Match(expression, draft.Context.Cluster);
            if (group.Expressions.GetValueOrDefault(expression)?.HasSameTopics(topics) != true)
            {
                // Version 0 makes Kafka look anew when the group is moved to it.
                draft.Resolve(expression, new ResolvedExpression(topics, Version: 0, draft.Context.NowMs));
                isChanged = true;
            }
        }

        foreach (string expression in group.Expressions.Keys.Where(each => !inUse.Contains(each)))
        {
            draft.Forget(expression);
        }

        return isChanged;
    }

    private static void Retarget(ConsumerGroupDraft draft, IReadOnlyDictionary<string, IPartitionAssignor> assignors)
    {
        ConsumerGroupState group = draft.State;
        ConsumerGroupSettings settings = draft.Context.Settings;
        Subscriptions subscriptions = new(group, draft.Context.Cluster);

        // A group from elsewhere may ask for an assignor that is not here.
        IPartitionAssignor assignor = assignors.GetValueOrDefault(PreferredAssignor(group, settings)) ?? assignors[settings.Assignors[0]];
        AssignedMember[] members =
        [
            .. group.Members.Values
                .OrderBy(member => member.MemberId, StringComparer.Ordinal)
                .Select(member => new AssignedMember(
                    member.MemberId, member.InstanceId, subscriptions.Of(member), group.Target(member.MemberId))),
        ];
        IReadOnlyDictionary<string, MemberPartitions> targets =
            assignor.Assign(new AssignmentInput(members, subscriptions.Partitions()));
        foreach (AssignedMember member in members)
        {
            MemberPartitions target = targets.GetValueOrDefault(member.MemberId, MemberPartitions.None);
            if (!group.Targets.TryGetValue(member.MemberId, out MemberPartitions? former) || !former.Equals(target))
            {
                draft.Aim(member.MemberId, target);
            }
        }

        draft.FinishTargets();
    }

    private static int IndexOf(this IReadOnlyList<string> names, string name)
    {
        for (int at = 0; at < names.Count; at++)
        {
            if (names[at] == name)
            {
                return at;
            }
        }

        return -1;
    }
}
