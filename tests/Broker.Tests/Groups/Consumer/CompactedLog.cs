using KLog.Broker.Groups;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>The records of one group as the cleaner leaves them: the last word on each key, in the order of the last words.</summary>
internal sealed class CompactedLog
{
    private readonly Dictionary<string, (long At, GroupRecord Record)> _last = [];
    private long _end;

    /// <summary>What has been appended since the last look.</summary>
    public List<GroupRecord> Fresh { get; } = [];

    public IEnumerable<GroupRecord> Records => _last.Values.OrderBy(each => each.At).Select(each => each.Record);

    public void Append(IEnumerable<GroupRecord> records)
    {
        foreach (GroupRecord record in records)
        {
            _last[Convert.ToHexString(record.Key)] = (_end++, record);
            Fresh.Add(record);
        }
    }

    /// <summary>The cleaner forgets tombstones some day.</summary>
    public void DropTombstones()
    {
        foreach (string key in _last.Where(each => each.Value.Record.Value is null).Select(each => each.Key).ToArray())
        {
            _last.Remove(key);
        }
    }

    public static (GroupRecordType Type, string Name) Key(GroupRecord record)
    {
        var type = (GroupRecordType)Versioned.Peek(record.Key);
        bool isOfGroup = type is GroupRecordType.GroupMetadata
            or GroupRecordType.ConsumerGroupMetadata
            or GroupRecordType.ConsumerGroupPartitionMetadata
            or GroupRecordType.ConsumerGroupTargetAssignmentMetadata;
        return (type, isOfGroup ? "" : Versioned.ReadKnown<GroupMemberKey>(record.Key).Member);
    }

    /// <summary>Records in a few letters: <c>5m 3 7m 6 8m</c>, and <c>-</c> in front of a tombstone.</summary>
    public string TakeFresh()
    {
        string text = string.Join(' ', Fresh.Select(record =>
        {
            (GroupRecordType type, string name) = Key(record);
            return $"{(record.Value is null ? "-" : "")}{(short)type}{name}";
        }));
        Fresh.Clear();
        return text;
    }
}
