namespace KLog.Coordination.Embedded;

/// <summary>
/// A file of the tree is not what was written to it, in a way that no crash explains. The tree does not open: what is
/// missing might be a topic.
/// </summary>
public sealed class TreeDamageException(string file, long position, string reason)
    : IOException($"{file} is damaged at byte {position}: {reason}")
{
    public string DamagedFile { get; } = file;

    public long Position { get; } = position;
}
