using KLog.Protocol.Wire;

namespace KLog.Protocol.Groups;

/// <summary>A committed offset. Version 3 is written, which every Kafka from 2.1 on reads.</summary>
[Message("0-4", Flexible = "4+")]
public sealed partial class OffsetCommitValue : ISchema<OffsetCommitValue>
{
    [Field("0+")]
    public long Offset { get; set; }

    [Field("3+", Ignorable = true)]
    public int LeaderEpoch { get; set; } = -1;

    [Field("0+")]
    public string Metadata { get; set; } = "";

    [Field("0+")]
    public long CommitTimestamp { get; set; }

    /// <summary>When the offset expires whatever its group does; -1 where its commit did not say (all since 2.1).</summary>
    [Field("1", Ignorable = true)]
    public long ExpireTimestamp { get; set; } = -1;
}

/// <summary>A classic group with its members' assignments. Version 3 is written, which every Kafka from 2.3 on reads.</summary>
[Message("0-4", Flexible = "4+")]
public sealed partial class GroupMetadataValue : ISchema<GroupMetadataValue>
{
    [Field("0+")]
    public string ProtocolType { get; set; } = "";

    [Field("0+")]
    public int Generation { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? Protocol { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? Leader { get; set; }

    [Field("2+", Ignorable = true)]
    public long CurrentStateTimestamp { get; set; } = -1;

    [Field("0+")]
    public MemberMetadata[] Members { get; set; } = [];

    public sealed partial class MemberMetadata
    {
        [Field("0+")]
        public string MemberId { get; set; } = "";

        [Field("3+", Nullable = "3+", Ignorable = true)]
        public string? GroupInstanceId { get; set; }

        [Field("0+")]
        public string ClientId { get; set; } = "";

        [Field("0+")]
        public string ClientHost { get; set; } = "";

        [Field("1+", Ignorable = true)]
        public int RebalanceTimeout { get; set; }

        [Field("0+")]
        public int SessionTimeout { get; set; }

        [Field("0+")]
        public ReadOnlyMemory<byte> Subscription { get; set; }

        [Field("0+")]
        public ReadOnlyMemory<byte> Assignment { get; set; }
    }
}
