namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>
/// A file's content as the process sees it, and every step that led there from what was last synced. A power cut leaves
/// each sector as it was after some step, and the length as it was after some other: what the page cache may have
/// written, in any order.
/// </summary>
internal sealed class SimulatedFile
{
    private const int SectorSize = 512;

    private readonly List<Change> _unsynced = [];
    private Content _synced = new();
    private Content _live = new();

    /// <summary>Bytes written at a position; or, without bytes, the new length.</summary>
    private readonly record struct Change(long Position, byte[]? Bytes);

    internal long Length => _live.Length;

    internal int Read(Span<byte> buffer, long position)
    {
        int length = (int)Math.Clamp(_live.Length - position, 0, buffer.Length);
        _live.Bytes.AsSpan((int)Math.Min(position, _live.Length), length).CopyTo(buffer);
        return length;
    }

    internal byte[] ToArray() => _live.Bytes[.._live.Length];

    internal void Write(ReadOnlySpan<byte> bytes, long position) => Do(new Change(position, bytes.ToArray()));

    internal void SetLength(long length) => Do(new Change(length, null));

    internal void Sync()
    {
        _synced = _live.Copy();
        _unsynced.Clear();
    }

    /// <summary>The file that the next start finds.</summary>
    internal SimulatedFile AfterPowerCut(Random random)
    {
        int changes = _unsynced.Count;
        SimulatedFile after = new();
        Content left = random.Next(4) switch
        {
            0 => _synced.Copy(),
            1 => _live.Copy(),
            2 => Torn(_ => changes, random.Next(changes + 1), random),
            _ => Torn(_ => random.Next(3) == 0 ? random.Next(changes + 1) : random.Next(2) * changes, random.Next(changes + 1), random),
        };
        after._synced = left;
        after._live = left.Copy();
        return after;
    }

    /// <param name="stepOf">After which step a sector has reached the disk.</param>
    /// <param name="lengthStep">After which step the length has.</param>
    private Content Torn(Func<int, int> stepOf, int lengthStep, Random random)
    {
        Content running = _synced.Copy();
        int longest = Math.Max(_synced.Length, _live.Length);
        foreach (Change change in _unsynced)
        {
            longest = Math.Max(longest, (int)change.Position + (change.Bytes?.Length ?? 0));
        }

        int[] steps = new int[(longest + SectorSize - 1) / SectorSize];
        for (int sector = 0; sector < steps.Length; sector++)
        {
            steps[sector] = stepOf(sector);
        }

        // The last write may have been under way: only some of its sectors are there.
        if (steps.Length > 0 && random.Next(2) == 0)
        {
            steps[random.Next(steps.Length)] = random.Next(_unsynced.Count + 1);
        }

        byte[] result = new byte[longest];
        int length = 0;
        for (int step = 0; step <= _unsynced.Count; step++)
        {
            if (step > 0)
            {
                running.Apply(_unsynced[step - 1]);
            }

            length = step == lengthStep ? running.Length : length;
            for (int sector = 0; sector < steps.Length; sector++)
            {
                if (steps[sector] == step)
                {
                    int from = sector * SectorSize;
                    int to = Math.Min(from + SectorSize, running.Length);
                    if (to > from)
                    {
                        running.Bytes.AsSpan(from, to - from).CopyTo(result.AsSpan(from));
                    }
                }
            }
        }

        result.AsSpan(length).Clear();
        return new Content { Bytes = result, Length = length };
    }

    private void Do(Change change)
    {
        _unsynced.Add(change);
        _live.Apply(change);
    }

    private sealed class Content
    {
        internal byte[] Bytes { get; set; } = [];

        internal int Length { get; set; }

        internal void Apply(Change change)
        {
            int end = (int)change.Position + (change.Bytes?.Length ?? 0);
            if (end > Bytes.Length)
            {
                byte[] larger = new byte[Math.Max(end, Bytes.Length * 2)];
                Bytes.AsSpan(0, Length).CopyTo(larger);
                Bytes = larger;
            }

            if (change.Bytes is { } bytes)
            {
                bytes.CopyTo(Bytes.AsSpan((int)change.Position));
                Length = Math.Max(Length, end);
            }
            else
            {
                Bytes.AsSpan(Math.Min(end, Length)).Clear();
                Length = end;
            }
        }

        internal Content Copy() => new() { Bytes = Bytes[..Length], Length = Length };
    }
}
