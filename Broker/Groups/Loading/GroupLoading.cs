using KLog.Broker.Groups.Offsets;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Groups.Loading;

/// <summary>
/// Makes the groups of a partition from its records: the last record of a key counts. One that cannot be read is passed over
/// with one log line, as what a newer Kafka has added would be.
/// </summary>
internal sealed class GroupLoading(GroupWorld world, ILogger logger) : ILogRecordSink
{
    private readonly StringPool _strings = new();
    private readonly Dictionary<long, HashSet<Group>> _transactions = [];
    private readonly HashSet<short> _unknownTypes = [];
    private Group? _last;

    public Dictionary<string, Group> Groups { get; } = [];

    public long RecordCount { get; private set; }

    public void Take(long offset, long producerId, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        RecordCount++;
        try
        {
            short type = Versioned.Peek(key);
            switch ((GroupRecordType)type)
            {
                case GroupRecordType.OldOffsetCommit or GroupRecordType.OffsetCommit:
                    TakeOffset(offset, producerId, key, value, hasValue);
                    break;
                case GroupRecordType.GroupMetadata:
                    TakeGroup(key, value, hasValue);
                    break;
                default:
                    TakeOther(type, key, value, hasValue);
                    break;
            }
        }
        catch (ProtocolViolationException e)
        {
            logger.LogWarning("the group record at offset {Offset} cannot be read, and is passed over: {Reason}", offset, e.Message);
        }
    }

    public void EndTransaction(long producerId, bool isCommit)
    {
        if (_transactions.Remove(producerId, out HashSet<Group>? groups))
        {
            foreach (Group group in groups)
            {
                group.Offsets.EndTransaction(producerId, isCommit);
            }
        }
    }

    private void TakeOffset(long offset, long producerId, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        (string id, TopicPartition partition) = OffsetRecords.ReadKey(key, _strings);
        Group group = GroupOf(id);
        if (!hasValue)
        {
            group.Offsets.Remove(partition);
        }
        else if (producerId < 0)
        {
            group.Offsets.Commit(partition, OffsetRecords.ReadValue(value, offset, _strings));
        }
        else
        {
            group.Offsets.CommitPending(producerId, partition, OffsetRecords.ReadValue(value, offset, _strings));
            if (!_transactions.TryGetValue(producerId, out HashSet<Group>? groups))
            {
                _transactions[producerId] = groups = [];
            }

            groups.Add(group);
        }
    }

    private void TakeGroup(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        string id = Versioned.ReadKnown<GroupKey>(key.ToArray()).Group;
        GroupOf(id).Load(hasValue ? Versioned.ReadKnown<GroupMetadataValue>(value.ToArray()) : null);
    }

    private void TakeOther(short type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        byte[]? bytes = hasValue ? value.ToArray() : null;
        switch ((GroupRecordType)type)
        {
            case GroupRecordType.ConsumerGroupMetadata or GroupRecordType.ConsumerGroupPartitionMetadata
                or GroupRecordType.ConsumerGroupTargetAssignmentMetadata:
                GroupOf(Versioned.ReadKnown<GroupKey>(key.ToArray()).Group).Load((GroupRecordType)type, "", bytes);
                break;
            case GroupRecordType.ConsumerGroupMemberMetadata or GroupRecordType.ConsumerGroupTargetAssignmentMember
                or GroupRecordType.ConsumerGroupCurrentMemberAssignment or GroupRecordType.ConsumerGroupRegularExpression:
                GroupMemberKey named = Versioned.ReadKnown<GroupMemberKey>(key.ToArray());
                GroupOf(named.Group).Load((GroupRecordType)type, named.Member, bytes);
                break;
            default:
                if (_unknownTypes.Add(type))
                {
                    logger.LogWarning("group records of type {Type} are of a newer Kafka, and are passed over", type);
                }

                break;
        }
    }

    private Group GroupOf(string id)
    {
        if (_last is { } last && ReferenceEquals(last.Id, id))
        {
            return last;
        }

        if (!Groups.TryGetValue(id, out Group? group))
        {
            Groups[id] = group = new Group(id, world);
        }

        return _last = group;
    }
}
