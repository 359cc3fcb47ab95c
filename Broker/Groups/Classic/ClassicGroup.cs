using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Broker.Groups.Classic;

/// <summary>
/// ◆ A group of the classic protocol: who its members are, and what they are told when. It knows neither clock nor log: time
/// comes in with each event, answers and records go out through <see cref="GroupEffects"/>, and
/// <see cref="NextDeadlineMs"/> says when <see cref="Tick"/> is to be called. One thread at a time.
/// <code>
///            first join                  all joined, or time is up          the leader's assignment is written
///   Empty ───────────────► Preparing ───────────────────────────► Completing ─────────────────────────► Stable
///     ▲                    Rebalance ◄─────────────────────────── Rebalance                               │
///     │ nobody is left      │    ▲      a member joins or leaves                                          │
///     └─────────────────────┘    └───────────────────────────────────────────────────────────────────────┘
/// </code>
/// </summary>
internal sealed partial class ClassicGroup(string id, GroupSettings settings)
{
    private readonly Dictionary<string, ClassicMember> _members = [];
    private readonly Dictionary<string, string> _byInstance = [];

    /// <summary>Ids that were handed out and have not come back (KIP-394), with the time until when they may.</summary>
    private readonly Dictionary<string, long> _pending = [];

    public string Id { get; } = id;

    public GroupSettings Settings { get; set; } = settings;

    public ClassicGroupState State { get; private set; } = ClassicGroupState.Empty;

    /// <summary>When it came to its state.</summary>
    public long StateSinceMs { get; private set; } = -1;

    public int Generation { get; private set; }

    /// <summary>Null while no member has ever said it: a group of offsets alone.</summary>
    public string? ProtocolType { get; private set; }

    /// <summary>What the generation's members have in common.</summary>
    public string? Protocol { get; private set; }

    public string? Leader { get; private set; }

    public IReadOnlyCollection<ClassicMember> Members => _members.Values;

    public bool IsEmpty => State == ClassicGroupState.Empty && _pending.Count == 0;

    /// <summary>The earliest time at which <see cref="Tick"/> may have something to do; never too late, perhaps too early.</summary>
    public long NextDeadlineMs { get; private set; } = long.MaxValue;

    /// <summary>Whether a client that speaks for a member may: the member is there, and it is the instance's latest.</summary>
    private ErrorCode Check(string memberId, string? instanceId, out ClassicMember? member)
    {
        member = null;
        if (State == ClassicGroupState.Dead)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }

        if (instanceId is not null)
        {
            if (!_byInstance.TryGetValue(instanceId, out string? current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (current != memberId)
            {
                return ErrorCode.FencedInstanceId;
            }
        }

        return _members.TryGetValue(memberId, out member) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    private void Enter(ClassicGroupState state, long nowMs)
    {
        State = state;
        StateSinceMs = nowMs;
    }

    private void Add(ClassicMember member)
    {
        if (_members.Count == 0)
        {
            Leader = null;
        }

        _members.Add(member.Id, member);
        if (member.InstanceId is not null)
        {
            _byInstance[member.InstanceId] = member.Id;
        }

        Leader ??= member.Id;
    }

    private void Remove(ClassicMember member)
    {
        _members.Remove(member.Id);
        if (member.InstanceId is not null && _byInstance.GetValueOrDefault(member.InstanceId) == member.Id)
        {
            _byInstance.Remove(member.InstanceId);
        }

        if (Leader == member.Id)
        {
            Leader = _members.Keys.FirstOrDefault();
        }
    }

    /// <summary>Whether a member with these protocols has one in common with all that are there.</summary>
    private bool Supports(string protocolType, ClassicProtocol[] protocols)
    {
        if (protocolType.Length == 0 || protocols.Length == 0)
        {
            return false;
        }

        return _members.Count == 0 || (protocolType == ProtocolType && CommonProtocols().Overlaps(protocols.Select(each => each.Name)));
    }

    private HashSet<string> CommonProtocols()
    {
        using Dictionary<string, ClassicMember>.ValueCollection.Enumerator members = _members.Values.GetEnumerator();
        members.MoveNext();
        HashSet<string> common = [.. members.Current.Protocols.Select(each => each.Name)];
        while (members.MoveNext())
        {
            common.IntersectWith(members.Current.Protocols.Select(each => each.Name));
        }

        return common;
    }

    /// <summary>Each member votes for the first of its protocols that all have; ties go to the first in the alphabet.</summary>
    private string ChooseProtocol()
    {
        HashSet<string> common = CommonProtocols();
        Dictionary<string, int> votes = [];
        foreach (ClassicMember member in _members.Values)
        {
            string vote = member.Protocols.First(each => common.Contains(each.Name)).Name;
            votes[vote] = votes.GetValueOrDefault(vote) + 1;
        }

        return votes.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal).First().Key;
    }

    /// <summary>
    /// The topics that the members subscribe to; null where that cannot be said: another protocol type, or metadata that
    /// does not decode. Kafka then takes no offset for unused.
    /// </summary>
    public IReadOnlySet<string>? SubscribedTopics()
    {
        if (State is ClassicGroupState.Empty or ClassicGroupState.Dead)
        {
            return null;
        }

        HashSet<string> topics = [];
        foreach (ClassicMember member in _members.Values)
        {
            if (TopicsOf(member) is not { } asked)
            {
                return null;
            }

            topics.UnionWith(asked);
        }

        return topics;
    }

    /// <summary>Null where it cannot be said.</summary>
    private string[]? TopicsOf(ClassicMember member)
    {
        if (ProtocolType != Consumer.ConsumerGroup.ProtocolType)
        {
            return null;
        }

        try
        {
            ReadOnlyMemory<byte> metadata = member.MetadataOf(Protocol ?? member.Protocols[0].Name);
            return Versioned.Read<ConsumerProtocolSubscription>(metadata.ToArray()).Topics;
        }
        catch (ProtocolViolationException)
        {
            return null;
        }
    }
}
