namespace KLog.Broker.Storage.Inspection;

/// <summary>Whether a finding means that something is wrong.</summary>
public enum FindingKind
{
    /// <summary>Bytes that are not what they should be: the folder is not whole.</summary>
    Damage,

    /// <summary>Worth knowing, and no damage: what a running or a crashed broker leaves, and its next start puts right.</summary>
    Note,
}

/// <summary>Something that an inspection has found.</summary>
/// <param name="File">The file's path, or the folder's.</param>
/// <param name="Offset">The log's offset at that place; -1 when there is none.</param>
/// <param name="Position">In the file, in bytes; -1 when the file as a whole is meant.</param>
/// <param name="What">A clause without a full stop.</param>
public sealed record Finding(FindingKind Kind, string File, long Offset, long Position, string What);
