using System.Globalization;

namespace KLog.Coordination.Embedded;

/// <summary>
/// The file that a change is in before it is answered. Named by the first zxid in it; followed by the next file once a
/// snapshot begins.
/// <code>
/// klog-tree.journal-(first zxid, 16 hexadecimal digits)
/// | "KLOGTREE" 8 bytes | version i32 = 1 | frames… |
/// </code>
/// </summary>
internal sealed class TreeJournal : IDisposable
{
    public const string Prefix = "klog-tree.journal-";

    private static readonly byte[] FileHeader = [.. "KLOGTREE"u8, 0, 0, 0, 1];

    private readonly ITreeFile _file;
    private readonly byte[] _frameHeader = new byte[JournalFrames.HeaderSize];
    private readonly TreeWriter _frame = new();

    private TreeJournal(ITreeFile file)
    {
        _file = file;
    }

    public long Length => _file.Length;

    public static string FileName(long firstZxid) => Prefix + firstZxid.ToString("x16", CultureInfo.InvariantCulture);

    public static long FirstZxid(string fileName) => long.Parse(fileName.AsSpan(Prefix.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>A new journal, which is in the folder for good when this returns.</summary>
    public static TreeJournal Create(ITreeFolder folder, long firstZxid)
    {
        ITreeFile file = folder.Open(FileName(firstZxid));
        try
        {
            file.Truncate(0);
            file.Append(FileHeader);
            file.Sync();
            folder.Sync();
            return new TreeJournal(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Goes on at the end of a journal that <see cref="Replay"/> has read; what it found torn is cut off.</summary>
    public static TreeJournal Continue(ITreeFolder folder, string name, long wholeLength)
    {
        ITreeFile file = folder.Open(name);
        try
        {
            if (file.Length > wholeLength)
            {
                file.Truncate(wholeLength);
            }

            // Synced even when nothing was cut: what the process before wrote may not be on the disk yet.
            file.Sync();
            return new TreeJournal(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether a journal was never written to: new, or left behind by a <see cref="Create"/> that did not come to its end.
    /// </summary>
    public static bool IsEmpty(ITreeFolder folder, string name)
    {
        byte[] bytes = folder.Read(name);
        return FileHeader.AsSpan().StartsWith(bytes) || bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0;
    }

    /// <summary>
    /// Applies the journal to a state, leaving out what the state has already. Only the last journal may end in a torn
    /// frame; <paramref name="wholeLength"/> is where that begins.
    /// </summary>
    public static TreeState Replay(ITreeFolder folder, string name, bool last, TreeState state, out long wholeLength)
    {
        byte[] bytes = folder.Read(name);
        string shown = $"{folder.Name}/{name}";
        if (!bytes.AsSpan().StartsWith(FileHeader))
        {
            throw new TreeDamageException(shown, 0, "this is no journal of version 1");
        }

        int position = FileHeader.Length;
        while (position < bytes.Length)
        {
            FrameState found = JournalFrames.Look(bytes, position, out int length, out string? fault);
            if (found == FrameState.Torn && last)
            {
                break;
            }

            if (found != FrameState.Whole)
            {
                throw new TreeDamageException(shown, position, fault ?? "the file ends inside a frame, and is not the last journal");
            }

            state = Apply(bytes.AsSpan(position + JournalFrames.HeaderSize, length), state, shown, position);
            position += JournalFrames.HeaderSize + length;
        }

        wholeLength = position;
        return state;
    }

    /// <summary>
    /// Writes the transactions as one frame, and returns once it is on the disk. When the bytes cannot be written, the
    /// journal is as it was before; when they cannot be synced, nobody knows what is on the disk, and
    /// <see cref="SyncFailedException"/> says so.
    /// </summary>
    public void Append(IReadOnlyList<TreeTransaction> transactions)
    {
        _frame.Clear();
        foreach (TreeTransaction transaction in transactions)
        {
            _frame.Transaction(transaction);
        }

        JournalFrames.WriteHeader(_frameHeader, _frame.Written);
        long before = _file.Length;
        try
        {
            _file.Append([.. _frameHeader, .. _frame.Written]);
        }
        catch (IOException)
        {
            CutBackTo(before);
            throw;
        }

        try
        {
            _file.Sync();
        }
        catch (IOException e)
        {
            throw new SyncFailedException(e);
        }
    }

    public void Dispose() => _file.Dispose();

    private void CutBackTo(long length)
    {
        try
        {
            _file.Truncate(length);
        }
        catch (IOException e)
        {
            throw new SyncFailedException(e);
        }
    }

    private static TreeState Apply(ReadOnlySpan<byte> payload, TreeState state, string shown, int position)
    {
        try
        {
            var reader = new TreeReader(payload);
            while (!reader.AtEnd)
            {
                TreeTransaction transaction = reader.Transaction();
                if (transaction.Zxid <= state.Zxid)
                {
                    continue;
                }

                if (transaction.Zxid != state.Zxid + 1)
                {
                    throw new InvalidDataException($"zxid {transaction.Zxid} follows {state.Zxid}: what is between them is missing");
                }

                state = state.After(transaction);
            }

            return state;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new TreeDamageException(shown, position, e.Message);
        }
    }
}

/// <summary>A sync failed. It is never tried again: the kernel may have dropped the pages and report success.</summary>
internal sealed class SyncFailedException(IOException inner) : IOException($"the journal cannot be synced: {inner.Message}", inner);
