namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>
/// A folder: names, and what they stand for (<see cref="SimulatedFile"/> or another folder). After a power cut it is as
/// it was after some change since it was last synced; as journaling file systems do, one folder's changes keep their order,
/// but that of other folders' and of files' contents is free.
/// </summary>
internal sealed class SimulatedNames
{
    private readonly List<Action<SortedDictionary<string, object>>> _unsynced = [];
    private SortedDictionary<string, object> _synced = new(StringComparer.Ordinal);
    private SortedDictionary<string, object> _live = new(StringComparer.Ordinal);

    internal IEnumerable<KeyValuePair<string, object>> Entries => _live;

    internal object? Find(string name) => _live.GetValueOrDefault(name);

    internal void Add(string name, object entry) => Do(names => names[name] = entry);

    internal void Remove(string name) => Do(names => names.Remove(name));

    internal void Rename(string from, string to) => Do(names =>
    {
        if (names.Remove(from, out object? entry))
        {
            names[to] = entry;
        }
    });

    internal void Sync()
    {
        _synced = new SortedDictionary<string, object>(_live, StringComparer.Ordinal);
        _unsynced.Clear();
    }

    /// <summary>The folder that the next start finds, with all that is in it.</summary>
    internal SimulatedNames AfterPowerCut(Random random)
    {
        int applied = random.Next(3) switch
        {
            0 => 0,
            1 => _unsynced.Count,
            _ => random.Next(_unsynced.Count + 1),
        };
        SortedDictionary<string, object> left = new(_synced, StringComparer.Ordinal);
        _unsynced.GetRange(0, applied).ForEach(change => change(left));

        SimulatedNames after = new();
        foreach ((string name, object entry) in left)
        {
            after._live[name] = after._synced[name] = entry is SimulatedFile file
                ? file.AfterPowerCut(random)
                : ((SimulatedNames)entry).AfterPowerCut(random);
        }

        return after;
    }

    private void Do(Action<SortedDictionary<string, object>> change)
    {
        change(_live);
        _unsynced.Add(change);
    }
}
