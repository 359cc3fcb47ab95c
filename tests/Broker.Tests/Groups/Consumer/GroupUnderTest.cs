using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>A group with the little of a shell that it needs: a log that may refuse, a clock that is moved by hand.</summary>
internal sealed class GroupUnderTest
{
    public const short Version = 1;

    public static readonly Dictionary<string, IPartitionAssignor> Assignors = new()
    {
        ["uniform"] = new RoundRobin("uniform"),
        ["range"] = new RoundRobin("range"),
    };

    private int _ids;

    public GroupUnderTest(params (string Name, int Partitions)[] topics)
    {
        Cluster = TestCluster.With(topics);
        Group = New();
    }

    public ConsumerGroup Group { get; private set; }

    public ClusterSnapshot Cluster { get; set; }

    public ConsumerGroupSettings Settings { get; set; } = new();

    public long NowMs { get; set; } = 1_000_000;

    public CompactedLog Log { get; } = new();

    /// <summary>Whether the next append is refused.</summary>
    public Func<bool> Refuses { get; set; } = () => false;

    public Downgrade? Downgrade { get; private set; }

    public GroupContext Context => new(Cluster, Settings, NowMs);

    public ConsumerGroup New() => new("g", Assignors, () => $"id{++_ids}");

    /// <summary>A first heartbeat.</summary>
    public ConsumerGroupHeartbeatResponse Join(string member, params string[] topics) =>
        Beat(member, 0, request => request.SubscribedTopicNames = topics);

    public ConsumerGroupHeartbeatResponse JoinStatic(string member, string instance, params string[] topics) =>
        Beat(member, 0, request =>
        {
            request.SubscribedTopicNames = topics;
            request.InstanceId = instance;
        });

    /// <summary>A heartbeat; one that joins says what it has to. Owned partitions are given as <c>a:0,1 b:2</c>.</summary>
    public ConsumerGroupHeartbeatResponse Beat(
        string member, int epoch, Action<ConsumerGroupHeartbeatRequest>? more = null, string? owned = null)
    {
        ConsumerGroupHeartbeatRequest request = new()
        {
            GroupId = "g",
            MemberId = member,
            MemberEpoch = epoch,
            RebalanceTimeoutMs = epoch == 0 ? 10_000 : -1,
            TopicPartitions = owned is not null ? Owned(owned) : epoch == 0 ? [] : null,
        };
        more?.Invoke(request);
        return Send(request);
    }

    public ConsumerGroupHeartbeatResponse Leave(string member, int epoch = -1, string? instance = null) =>
        Beat(member, epoch, request => request.InstanceId = instance);

    /// <summary>The answer, or an error of the coordinator where the log refuses.</summary>
    public ConsumerGroupHeartbeatResponse Send(ConsumerGroupHeartbeatRequest request) =>
        Finish(Group.Heartbeat(request, Version, new ClientOrigin("c", "/h"), Context)) ?? new() { ErrorCode = ErrorCode.CoordinatorNotAvailable };

    public TResponse? Finish<TResponse>(Outcome<TResponse> outcome)
        where TResponse : class =>
        outcome.Change is null || Write(outcome.Change) ? outcome.Response : null;

    /// <summary>Moves the clock, and does what is due.</summary>
    public void Pass(long ms)
    {
        NowMs += ms;
        Tick();
    }

    public void Tick()
    {
        Assert.True(Group.NextDeadlineMs <= NowMs || Group.Tick(Context) is null, "someone was late before the next deadline");
        if (Group.NextDeadlineMs <= NowMs && Group.Tick(Context) is { } change)
        {
            Write(change);
        }
    }

    public bool Write(GroupChange change)
    {
        if (Refuses())
        {
            return false;
        }

        Log.Append(change.Records);
        if (change.Downgrade is not null)
        {
            Downgrade = change.Downgrade;
        }
        else
        {
            Group.Accept(change);
        }

        return true;
    }

    public Downgrade TakeDowngrade()
    {
        Downgrade taken = Downgrade!;
        Downgrade = null;
        return taken;
    }

    /// <summary>Takes the place of a group that was a classic one.</summary>
    public void Become(GroupUpgrade upgrade)
    {
        Group = upgrade.Group;
        Log.Append(upgrade.Records);
    }

    /// <summary>Another coordinator takes over.</summary>
    public void Reload()
    {
        Group = Reloaded();
    }

    /// <summary>The group as another coordinator would read it.</summary>
    public ConsumerGroup Reloaded()
    {
        ConsumerGroup group = New();
        foreach (GroupRecord record in Log.Records)
        {
            (GroupRecordType type, string name) = CompactedLog.Key(record);
            if (type != GroupRecordType.GroupMetadata)
            {
                group.Replay(type, name, record.Value);
            }
        }

        group.OnLoaded(Context);
        return group;
    }

    public ConsumerMember Member(string member) => Group.State.Member(member)!;

    public static ConsumerGroupHeartbeatRequest.TopicPartitionsData[] Owned(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(topic => topic.Split(':')).Select(topic =>
            new ConsumerGroupHeartbeatRequest.TopicPartitionsData
            {
                TopicId = TestCluster.Id(topic[0]),
                Partitions = [.. topic[1].Split(',').Select(int.Parse)],
            }),
    ];

    /// <summary>Epoch and assignment of an answer, as <c>3 a:0,1</c>; <c>=</c> stands for no assignment in it.</summary>
    public string Text(ConsumerGroupHeartbeatResponse response) =>
        response.ErrorCode != ErrorCode.None ? response.ErrorCode.ToString()
        : response.Assignment is null ? $"{response.MemberEpoch} ="
        : $"{response.MemberEpoch} {Text(response.Assignment.TopicPartitions.Select(topic => (topic.TopicId, topic.Partitions)))}".Trim();

    public string Text(HeldPartitions held) =>
        Text(held.ToPartitions().Topics.Select(topic => (topic.Key, topic.Value.ToArray())));

    private string Text(IEnumerable<(Guid Topic, int[] Partitions)> topics) => string.Join(
        ' ',
        topics.Select(topic => $"{Cluster.Topic(topic.Topic)?.Name ?? "?"}:{string.Join(',', topic.Partitions.Order())}").Order());
}
