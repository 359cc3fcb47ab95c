using KLog.Coordination.Embedded;

namespace KLog.Coordination.Tests.Embedded;

/// <summary>
/// A folder whose disk can fail and whose power can be cut: what was not synced is then lost, in part or in whole, with
/// zeros where sectors did not make it.
/// </summary>
internal sealed class SimulatedFolder : ITreeFolder
{
    private const int SectorSize = 512;

    private readonly Lock _lock = new();
    private readonly List<Action<Dictionary<string, Content>>> _unsynced = [];
    private Dictionary<string, Content> _live = new(StringComparer.Ordinal);
    private Dictionary<string, Content> _synced = new(StringComparer.Ordinal);

    public string Name => "simulated";

    /// <summary>Operations until the disk is dead: everything after fails.</summary>
    public int OperationsLeft { get; set; } = int.MaxValue;

    /// <summary>While set, appends write half of their bytes and fail.</summary>
    public bool IsFull { get; set; }

    /// <summary>While set, syncs fail.</summary>
    public bool CannotSync { get; set; }

    public IEnumerable<string> FileNames()
    {
        lock (_lock)
        {
            return [.. _live.Keys];
        }
    }

    public byte[] Read(string name)
    {
        lock (_lock)
        {
            return [.. _live[name].Bytes];
        }
    }

    public void Put(string name, byte[] bytes) => _live[name] = _synced[name] = new Content { Bytes = [.. bytes], Synced = bytes.Length };

    public ITreeFile Open(string name)
    {
        lock (_lock)
        {
            Step();
            if (!_live.TryGetValue(name, out Content? content))
            {
                content = new Content();
                Do(files => files[name] = content);
            }

            return new OpenFile(this, content);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            Step();
            Do(files =>
            {
                files.Remove(from, out Content? content);
                files[to] = content!;
            });
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            Step();
            Do(files => files.Remove(name));
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            Step();
            _synced = new Dictionary<string, Content>(_live, StringComparer.Ordinal);
            _unsynced.Clear();
        }
    }

    /// <summary>What is on the disk after the power went: folder changes up to some point, and each file up to some byte.</summary>
    public SimulatedFolder AfterPowerCut(Random random)
    {
        lock (_lock)
        {
            var files = new Dictionary<string, Content>(_synced, StringComparer.Ordinal);
            foreach (Action<Dictionary<string, Content>> change in _unsynced.Take(random.Next(_unsynced.Count + 1)))
            {
                change(files);
            }

            var after = new SimulatedFolder();
            foreach ((string name, Content content) in files)
            {
                after.Put(name, content.AfterPowerCut(random));
            }

            return after;
        }
    }

    private void Do(Action<Dictionary<string, Content>> change)
    {
        change(_live);
        _unsynced.Add(change);
    }

    private void Step()
    {
        if (--OperationsLeft < 0)
        {
            throw new IOException("the disk is dead");
        }
    }

    private sealed class Content
    {
        public List<byte> Bytes { get; init; } = [];

        public int Synced { get; set; }

        public byte[] AfterPowerCut(Random random)
        {
            byte[] left = [.. Bytes.Take(random.Next(Synced, Bytes.Count + 1))];
            for (int sector = 0; sector < left.Length; sector += SectorSize)
            {
                int from = Math.Max(sector, Synced);
                int to = Math.Min(sector + SectorSize, left.Length);
                if (from < to && random.Next(4) == 0)
                {
                    left.AsSpan(from, to - from).Clear();
                }
            }

            return left;
        }
    }

    private sealed class OpenFile(SimulatedFolder folder, Content content) : ITreeFile
    {
        public long Length => content.Bytes.Count;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            lock (folder._lock)
            {
                bool dead = folder.OperationsLeft <= 0;
                content.Bytes.AddRange(dead || folder.IsFull ? bytes[..(bytes.Length / 2)] : bytes);
                folder.Step();
                if (folder.IsFull)
                {
                    throw new IOException("the disk is full");
                }
            }
        }

        public void Truncate(long length)
        {
            lock (folder._lock)
            {
                folder.Step();
                content.Bytes.RemoveRange((int)length, content.Bytes.Count - (int)length);
                content.Synced = Math.Min(content.Synced, (int)length);
            }
        }

        public void Sync()
        {
            lock (folder._lock)
            {
                folder.Step();
                if (folder.CannotSync)
                {
                    throw new IOException("the disk cannot sync");
                }

                content.Synced = content.Bytes.Count;
            }
        }

        public void Dispose()
        {
        }
    }
}
