namespace KLog.Protocol.Records;

/// <summary>Why a walk over records ended before its time.</summary>
public enum RecordFault
{
    None,

    /// <summary>The bytes end within a record.</summary>
    Short,

    /// <summary>A record's parts do not add up to its length, or a length in it is impossible.</summary>
    Malformed,

    /// <summary>Bytes follow the last record.</summary>
    Trailing,
}
