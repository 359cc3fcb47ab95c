using KLog.Protocol.Groups;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ A group's next state as it is being worked out, with the records and deadlines that belong to it.</summary>
internal sealed class ConsumerGroupDraft(ConsumerGroupState before, GroupContext context)
{
    private readonly ConsumerGroupState _before = before;
    private readonly List<GroupRecord> _records = [];
    private readonly List<DeadlineChange> _deadlines = [];
    private readonly List<string> _gone = [];

    public ConsumerGroupState State { get; private set; } = before;

    public GroupContext Context => context;

    /// <summary>Whether everything that the group takes from the cluster has been looked at.</summary>
    public bool HasSeenCluster { get; set; }

    /// <summary>Puts in a member, or what a known one says of itself.</summary>
    public void Describe(ConsumerMember member)
    {
        State = State.With(member);
        _records.Add(ConsumerGroupRecords.Member(State.GroupId, member));
    }

    /// <summary>Writes down what a member has.</summary>
    public void Assign(ConsumerMember member)
    {
        State = State.With(member);
        _records.Add(ConsumerGroupRecords.Assignment(State.GroupId, member));
    }

    /// <summary>Puts a static member that is back under a new id in the place of its former self.</summary>
    public void Replace(ConsumerMember former, ConsumerMember member)
    {
        MemberPartitions target = State.Target(former.MemberId);
        Remove(former);
        Describe(member);
        Aim(member.MemberId, target);
        Assign(member);
    }

    public void Remove(ConsumerMember member)
    {
        State = State.Without(member);
        _gone.Add(member.MemberId);
        _records.AddRange(ConsumerGroupRecords.MemberTombstones(State.GroupId, member.MemberId));
    }

    public void Aim(string memberId, MemberPartitions target)
    {
        State = State with { Targets = State.Targets.SetItem(memberId, target) };
        _records.Add(ConsumerGroupRecords.Target(State.GroupId, memberId, target));
    }

    public void Bump(long metadataHash)
    {
        State = State with { Epoch = State.Epoch + 1, MetadataHash = metadataHash };
        _records.Add(ConsumerGroupRecords.Epoch(State));
        if (State.HasPartitionMetadata)
        {
            State = State with { HasPartitionMetadata = false };
            _records.Add(ConsumerGroupRecords.Tombstone(GroupRecordType.ConsumerGroupPartitionMetadata, State.GroupId));
        }
    }

    /// <summary>The targets are those of the group's epoch now.</summary>
    public void FinishTargets()
    {
        State = State with { AssignmentEpoch = State.Epoch };
        _records.Add(ConsumerGroupRecords.AssignmentEpoch(State, context.NowMs));
    }

    public void Resolve(string expression, ResolvedExpression resolved)
    {
        State = State with { Expressions = State.Expressions.SetItem(expression, resolved) };
        _records.Add(ConsumerGroupRecords.Expression(State.GroupId, expression, resolved));
    }

    public void Forget(string expression)
    {
        State = State with { Expressions = State.Expressions.Remove(expression) };
        _records.Add(ConsumerGroupRecords.Tombstone(GroupRecordType.ConsumerGroupRegularExpression, State.GroupId, expression));
    }

    /// <param name="inMs">From now; <see cref="MemberDeadlines.Never"/> takes it away.</param>
    public void Set(string memberId, DeadlineKind kind, long inMs) =>
        _deadlines.Add(new DeadlineChange(
            memberId, kind, inMs == MemberDeadlines.Never ? MemberDeadlines.Never : context.NowMs + inMs));

    /// <summary>What is to be written; null where nothing is.</summary>
    public GroupChange? Finish() => _records.Count == 0 ? null : Change(_records, null);

    /// <summary>The end of the group as a consumer group.</summary>
    public GroupChange Downgrade(Downgrade downgrade) => Change([.. ConsumerGroupRecords.Tombstones(_before)], downgrade);

    private GroupChange Change(IReadOnlyList<GroupRecord> records, Downgrade? downgrade) => new(records, downgrade)
    {
        Before = _before,
        After = State,
        Cluster = HasSeenCluster ? context.Cluster : null,
        Gone = _gone,
        Deadlines = _deadlines,
    };
}
