namespace KLog.Coordination.Embedded;

/// <summary>
/// Snapshot and journals of one tree: opens to the last state that was acknowledged, and keeps them short. Used by one
/// thread, except that the snapshot itself is written beside it.
/// </summary>
internal sealed class TreeFiles : IDisposable
{
    private readonly ITreeFolder _folder;
    private readonly long _snapshotAfterBytes;
    private TreeJournal _journal;
    private long _lastSnapshotBytes;
    private Task _snapshot = Task.CompletedTask;

    private TreeFiles(ITreeFolder folder, long snapshotAfterBytes, TreeJournal journal)
    {
        _folder = folder;
        _snapshotAfterBytes = snapshotAfterBytes;
        _journal = journal;
    }

    public static TreeFiles Open(ITreeFolder folder, long snapshotAfterBytes, out TreeState state)
    {
        if (folder.FileNames().Contains(TreeSnapshot.Unfinished))
        {
            folder.Delete(TreeSnapshot.Unfinished);
        }

        string[] snapshots = Sorted(folder, TreeSnapshot.Prefix);
        string[] journals = WithoutEmpty(folder, Sorted(folder, TreeJournal.Prefix));
        state = snapshots.Length == 0 ? TreeState.Empty : TreeSnapshot.Read(folder, snapshots[^1]);
        long wholeLength = 0;
        for (int i = 0; i < journals.Length; i++)
        {
            state = TreeJournal.Replay(folder, journals[i], i == journals.Length - 1, state, out wholeLength);
        }

        TreeJournal journal = journals.Length == 0
            ? TreeJournal.Create(folder, state.Zxid + 1)
            : TreeJournal.Continue(folder, journals[^1], wholeLength);
        return new TreeFiles(folder, snapshotAfterBytes, journal);
    }

    /// <summary>Returns when the transactions are on the disk. See <see cref="TreeJournal.Append"/> for its failures.</summary>
    public void Append(IReadOnlyList<TreeTransaction> transactions) => _journal.Append(transactions);

    /// <summary>
    /// Begins a snapshot when the journal has grown past the last one. A snapshot that fails costs disk space only: the
    /// journals stay, and the next one is tried after as many bytes again.
    /// </summary>
    public void SnapshotWhenDue(TreeState state)
    {
        if (!_snapshot.IsCompleted || _journal.Length < Math.Max(_snapshotAfterBytes, _lastSnapshotBytes))
        {
            return;
        }

        string journal = TreeJournal.FileName(state.Zxid + 1);
        TreeJournal next;
        try
        {
            next = TreeJournal.Create(_folder, state.Zxid + 1);
        }
        catch (IOException)
        {
            return;
        }

        _journal.Dispose();
        _journal = next;
        _snapshot = Task.Run(() => WriteSnapshot(state, journal));
    }

    public void Dispose()
    {
        _snapshot.Wait();
        _journal.Dispose();
    }

    private static string[] Sorted(ITreeFolder folder, string prefix)
    {
        string[] names = [.. folder.FileNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>
    /// Deletes journals that hold nothing. One may lie behind the journal that was written to last: made for a snapshot,
    /// but not known to be there for good. Should more be missing, the zxids show it.
    /// </summary>
    private static string[] WithoutEmpty(ITreeFolder folder, string[] journals)
    {
        ILookup<bool, string> empty = journals.ToLookup(name => TreeJournal.IsEmpty(folder, name));
        foreach (string name in empty[true])
        {
            folder.Delete(name);
        }

        return [.. empty[false]];
    }

    private void WriteSnapshot(TreeState state, string journal)
    {
        try
        {
            _lastSnapshotBytes = TreeSnapshot.Write(_folder, state);
            DeleteBefore(TreeJournal.Prefix, journal);
            DeleteBefore(TreeSnapshot.Prefix, TreeSnapshot.FileName(state.Zxid));
        }
        catch (IOException)
        {
            // Said above: nothing is lost, and the journals are still there.
        }
    }

    private void DeleteBefore(string prefix, string first)
    {
        foreach (string name in Sorted(_folder, prefix).TakeWhile(name => string.CompareOrdinal(name, first) < 0))
        {
            _folder.Delete(name);
        }
    }
}
