using System.Globalization;
using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>A leader epoch, and the first offset that its leader appended at.</summary>
public readonly record struct LeaderEpochEntry(int Epoch, long StartOffset);

/// <summary>
/// The leader epochs of a log (KIP-101): epochs and start offsets grow from entry to entry. Readers need no lock: the
/// list is immutable, and replaced. Writers hold the log's writer lock.
/// <code>
/// leader-epoch-checkpoint:
/// 0                version
/// 2                count
/// 0 0              epoch, start offset
/// 3 1000
/// </code>
/// </summary>
public sealed class LeaderEpochCache
{
    private readonly IFileSystem _files;
    private PartitionFolder _folder;
    private readonly Lock _file = new();
    private volatile LeaderEpochEntry[] _entries;
    private bool _isDirty;

    internal LeaderEpochCache(IFileSystem files, PartitionFolder folder, IEnumerable<LeaderEpochEntry> entries)
    {
        _files = files;
        _folder = folder;
        _entries = [.. entries];
    }

    public IReadOnlyList<LeaderEpochEntry> Entries => _entries;

    /// <summary>-1 when there is none.</summary>
    public int LatestEpoch => _entries is [.., LeaderEpochEntry last] ? last.Epoch : -1;

    /// <summary>
    /// Where the epoch ends: the start of the next larger one, or the log's end for the latest. The epoch in the answer
    /// is the largest one not above the requested. (-1, -1) when the log cannot tell.
    /// </summary>
    public (int Epoch, long EndOffset) EndOffsetFor(int requestedEpoch, long logEndOffset)
    {
        LeaderEpochEntry[] entries = _entries;
        if (requestedEpoch < 0 || entries.Length == 0 || requestedEpoch > entries[^1].Epoch)
        {
            return (-1, -1);
        }

        if (requestedEpoch == entries[^1].Epoch)
        {
            return (requestedEpoch, logEndOffset);
        }

        int higher = Array.FindIndex(entries, entry => entry.Epoch > requestedEpoch);
        int floor = higher == 0 ? requestedEpoch : entries[higher - 1].Epoch;
        return (floor, entries[higher].StartOffset);
    }

    /// <summary>The epoch whose leader appended the offset; -1 when unknown.</summary>
    public int EpochFor(long offset)
    {
        LeaderEpochEntry[] entries = _entries;
        int at = Array.FindLastIndex(entries, entry => entry.StartOffset <= offset);
        return at < 0 ? -1 : entries[at].Epoch;
    }

    /// <summary>
    /// Notes that an epoch starts here. Entries that contradict it go. The file is written by the next flush, and never
    /// without being synced: a renamed file whose content a power cut has spoilt would lose all epochs. Those from the
    /// recovery point on are found again in the batches.
    /// </summary>
    internal void Assign(int epoch, long startOffset)
    {
        LeaderEpochEntry[] entries = _entries;
        if (epoch < 0 || (entries is [.., LeaderEpochEntry last] && last.Epoch == epoch && startOffset >= last.StartOffset))
        {
            return;
        }

        IEnumerable<LeaderEpochEntry> kept =
            entries.TakeWhile(entry => entry.Epoch < epoch && entry.StartOffset < startOffset);
        Replace([.. kept, new LeaderEpochEntry(epoch, startOffset)]);
    }

    internal void TruncateFromEnd(long endOffset)
    {
        LeaderEpochEntry[] kept = Array.FindAll(_entries, entry => entry.StartOffset < endOffset);
        if (kept.Length != _entries.Length)
        {
            Replace(kept);
        }
    }

    /// <summary>Leaves out epochs that ended before the offset; the one that holds it starts there now.</summary>
    internal void TruncateFromStart(long startOffset)
    {
        LeaderEpochEntry[] entries = _entries;
        int holding = Array.FindLastIndex(entries, entry => entry.StartOffset <= startOffset);
        if (holding >= 0 && (holding > 0 || entries[0].StartOffset < startOffset))
        {
            Replace([entries[holding] with { StartOffset = startOffset }, .. entries[(holding + 1)..]]);
        }
    }

    internal void Clear()
    {
        if (_entries.Length > 0)
        {
            Replace([]);
        }
    }

    /// <summary>Needs no lock of the caller's. The folder is still to be synced when this says so.</summary>
    internal bool Sync()
    {
        lock (_file)
        {
            bool wasDirty = _isDirty;
            if (wasDirty)
            {
                Write(_folder);
                _isDirty = false;
            }

            return wasDirty;
        }
    }

    /// <summary>The log is being copied to that folder.</summary>
    internal void WriteTo(PartitionFolder folder)
    {
        lock (_file)
        {
            Write(folder);
        }
    }

    /// <summary>The log goes on in that folder, which has all from <see cref="WriteTo"/>.</summary>
    internal void MoveTo(PartitionFolder folder)
    {
        lock (_file)
        {
            _folder = folder;
        }
    }

    internal static LeaderEpochCache Load(IFileSystem files, PartitionFolder folder)
    {
        List<LeaderEpochEntry> entries = [];
        foreach (string[] line in CheckpointFile.Read(files, folder.File(PartitionFolder.LeaderEpochFile), 2))
        {
            if (int.TryParse(line[0], CultureInfo.InvariantCulture, out int epoch)
                && long.TryParse(line[1], CultureInfo.InvariantCulture, out long start)
                && (entries.Count == 0 || (entries[^1].Epoch < epoch && entries[^1].StartOffset <= start)))
            {
                entries.Add(new LeaderEpochEntry(epoch, start));
            }
        }

        return new LeaderEpochCache(files, folder, entries);
    }

    private void Replace(LeaderEpochEntry[] entries)
    {
        lock (_file)
        {
            _entries = entries;
            _isDirty = true;
        }
    }

    private void Write(PartitionFolder folder) =>
        CheckpointFile.Write(
            _files,
            folder.File(PartitionFolder.LeaderEpochFile),
            [.. _entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Epoch} {entry.StartOffset}"))],
            sync: true,
            syncFolder: false);
}
