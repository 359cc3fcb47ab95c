using KLog.Broker.Groups.Consumer;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>A client of the consumer protocol, as Java's is: what it sends when, and what it makes of the answers.</summary>
internal sealed class SimulatedMember(string id, string? instance)
{
    private bool _isFull = true;
    private bool _hasNews = true;
    private HashSet<(Guid, int)>? _assignment;

    public string Id => id;

    public string? Instance => instance;

    public string[] Topics { get; private set; } = [];

    public string? Expression { get; private set; }

    public int Epoch { get; private set; }

    public HashSet<(Guid Topic, int Partition)> Owned { get; private set; } = [];

    /// <summary>It has been told that another has its place.</summary>
    public bool IsFenced { get; private set; }

    public void Subscribe(string[] topics, string? expression)
    {
        Topics = topics;
        Expression = expression;
        _isFull = true;
    }

    /// <summary>What it sends next.</summary>
    public ConsumerGroupHeartbeatRequest Next()
    {
        bool isFull = _isFull || Epoch == 0;
        if ((isFull || _hasNews) && _assignment?.IsSubsetOf(Owned) == false)
        {
            // It does not say that it owns less than it is about to take.
            Reconcile();
        }

        return new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = id,
            MemberEpoch = Epoch,
            InstanceId = instance,
            RebalanceTimeoutMs = isFull ? 10_000 : -1,
            SubscribedTopicNames = isFull ? Topics : null,
            SubscribedTopicRegex = isFull ? Expression ?? "" : null,
            TopicPartitions = isFull || _hasNews ? [.. OwnedByTopic()] : null,
        };
    }

    /// <summary>Null is an answer that got lost, or an error that says to try again.</summary>
    public void Hear(ConsumerGroupHeartbeatResponse? response)
    {
        switch (response?.ErrorCode)
        {
            case null or ErrorCode.CoordinatorNotAvailable:
                _isFull = true;
                break;
            case ErrorCode.None:
                Epoch = response.MemberEpoch;
                _isFull = false;
                _hasNews = false;
                if (response.Assignment is { } assignment)
                {
                    _assignment =
                        [.. assignment.TopicPartitions.SelectMany(topic => topic.Partitions.Select(each => (topic.TopicId, each)))];
                }

                break;
            case ErrorCode.UnreleasedInstanceId or ErrorCode.FencedInstanceId:
                IsFenced = true;
                Owned = [];
                break;
            case ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId:
                Epoch = 0;
                Owned = [];
                _assignment = null;
                break;
            default:
                Assert.Fail($"{id} is told {response.ErrorCode}: {response.ErrorMessage}");
                break;
        }
    }

    /// <summary>Gives back and takes what it has been told to.</summary>
    public void Reconcile()
    {
        if (_assignment is not null && !_assignment.SetEquals(Owned))
        {
            Owned = _assignment;
            _hasNews = true;
        }

        _assignment = null;
    }

    private IEnumerable<ConsumerGroupHeartbeatRequest.TopicPartitionsData> OwnedByTopic() =>
        Owned.GroupBy(each => each.Topic, each => each.Partition).Select(topic =>
            new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = topic.Key, Partitions = [.. topic] });
}
