namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// Collects what is found in the files of one folder. Of each file the first ones are kept, and of the rest the count:
/// a file that is wrong from end to end would otherwise need as much memory as it has bytes.
/// </summary>
internal sealed class FindingList(int keptOfEachFile = FindingList.KeptOfEachFile)
{
    private const int KeptOfEachFile = 100;

    private readonly List<Finding> _kept = [];
    private readonly Dictionary<string, int> _counts = [];

    internal int Damages { get; private set; }

    internal void Damage(string file, string what, long position = -1, long offset = -1) =>
        Add(new Finding(FindingKind.Damage, file, offset, position, what));

    internal void Note(string file, string what, long position = -1, long offset = -1) =>
        Add(new Finding(FindingKind.Note, file, offset, position, what));

    internal void Add(Finding finding)
    {
        Damages += finding.Kind == FindingKind.Damage ? 1 : 0;
        int count = _counts[finding.File] = _counts.GetValueOrDefault(finding.File) + 1;
        if (count <= keptOfEachFile)
        {
            _kept.Add(finding);
        }
    }

    /// <summary>What was kept, in the order in which it was found, and after it how much of which file was not.</summary>
    internal IEnumerable<Finding> All =>
    [
        .. _kept,
        .. _counts.Where(file => file.Value > keptOfEachFile).Select(file =>
            new Finding(FindingKind.Note, file.Key, -1, -1, $"{file.Value - keptOfEachFile} more findings are not listed")),
    ];
}
