using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Broker.Groups;

/// <summary>A record of <c>__consumer_offsets</c>, each part with its version in front (see <see cref="Versioned"/>).</summary>
/// <param name="Value">Null removes what the key names.</param>
internal readonly record struct GroupRecord(byte[] Key, byte[]? Value)
{
    /// <summary>Of a group as a whole.</summary>
    public static GroupRecord Of<T>(GroupRecordType type, string group, T? value, short version)
        where T : class, ISchema<T> =>
        new(Versioned.Write(new GroupKey { Group = group }, (short)type), Bytes(value, version));

    /// <summary>Of one of its members, or of a regular expression.</summary>
    public static GroupRecord Of<T>(GroupRecordType type, string group, string member, T? value, short version)
        where T : class, ISchema<T> =>
        new(Versioned.Write(new GroupMemberKey { Group = group, Member = member }, (short)type), Bytes(value, version));

    private static byte[]? Bytes<T>(T? value, short version)
        where T : class, ISchema<T> =>
        value is null ? null : Versioned.Write(value, version);
}
