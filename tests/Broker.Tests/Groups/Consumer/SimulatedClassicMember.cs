using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>A client of the classic protocol whose assignor is cooperative, or eager, as Java's are.</summary>
internal sealed class SimulatedClassicMember(string id, bool isEager)
{
    private bool _hasToJoin = true;

    public string Id => id;

    public string[] Topics { get; private set; } = [];

    public int Generation { get; private set; } = -1;

    public HashSet<(string Topic, int Partition)> Owned { get; private set; } = [];

    public void Subscribe(string[] topics)
    {
        Topics = topics;
        _hasToJoin = true;
    }

    /// <summary>One round: it joins where it has to, else says that it lives.</summary>
    public void Turn(GroupUnderTest group, bool isLost)
    {
        if (!_hasToJoin)
        {
            ErrorCode error = group.ClassicBeat(id, Generation);
            if (!isLost)
            {
                Hear(error);
            }

            return;
        }

        if (isEager)
        {
            Owned = [];
        }

        JoinGroupResponse joined = group.ClassicJoin(Request());
        if (isLost)
        {
            return;
        }

        Hear(joined.ErrorCode);
        if (joined.ErrorCode == ErrorCode.None)
        {
            Generation = joined.GenerationId;
            Sync(group);
        }
    }

    private void Sync(GroupUnderTest group)
    {
        SyncGroupResponse response = group.Group.ClassicSync(
            new SyncGroupRequest { GroupId = "g", MemberId = id, GenerationId = Generation }, group.Context);
        Hear(response.ErrorCode);
        if (response.ErrorCode == ErrorCode.None)
        {
            HashSet<(string, int)> assignment =
            [
                .. Versioned.Read<ConsumerProtocolAssignment>(response.Assignment.ToArray()).AssignedPartitions
                    .SelectMany(topic => topic.Partitions.Select(partition => (topic.Topic, partition))),
            ];

            // Who has given something back joins again to say so.
            _hasToJoin = !Owned.IsSubsetOf(assignment);
            Owned = assignment;
        }
    }

    private void Hear(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.RebalanceInProgress or ErrorCode.CoordinatorNotAvailable:
                _hasToJoin = true;
                break;
            case ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId:
                Owned = [];
                Generation = -1;
                _hasToJoin = true;
                break;
            default:
                Assert.Fail($"{id} is told {error}");
                break;
        }
    }

    private JoinGroupRequest Request() => ClassicClient.Request(
        id,
        Topics,
        string.Join(
            ' ',
            Owned.GroupBy(each => each.Topic, each => each.Partition).Select(topic => $"{topic.Key}:{string.Join(',', topic)}")));
}
