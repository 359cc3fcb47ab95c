using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// Verifies data folders, or single partitions' folders, without changing anything: CRCs, offsets in order, indexes, leader
/// epochs, snapshots, checkpoints. It may run beside a broker; what one is just writing is no damage.
/// </summary>
public sealed class FolderVerification(IFileSystem files, VerifyOptions options)
{
    private readonly List<(PartitionFolder Folder, PartitionFacts Facts)> _partitions = [];
    private readonly FindingList _ofFolders = new();

    /// <summary>Bytes of the segments that <see cref="Run"/> will read.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Adds a data folder or a partition's folder; false when it is neither.</summary>
    /// <exception cref="IOException">It cannot be listed.</exception>
    public bool TryAdd(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (IsPartition(path))
        {
            // What damage the checkpoints around it have is another question than the one asked.
            DataFolder around = DataFolder.Read(files, Path.GetDirectoryName(path)!, (_, _, _) => { });
            Add(path, around);
            return true;
        }

        string[] partitions = [.. files.ListFolders(path).Where(DataFolder.IsLog).Order(StringComparer.Ordinal)];
        bool isDataFolder = partitions.Length > 0 || files.FileExists($"{path}/{MetaProperties.FileName}");
        if (isDataFolder)
        {
            DataFolder folder = DataFolder.Read(files, path, (file, position, what) => _ofFolders.Damage(file, what, position));
            foreach (string name in partitions)
            {
                Add($"{path}/{name}", folder);
            }
        }

        return isDataFolder;
    }

    /// <summary>Verifies all that was added, and reports it folder by folder, in order, on the calling thread.</summary>
    public VerifySummary Run(Action<Finding> report)
    {
        foreach (Finding finding in _ofFolders.All)
        {
            report(finding);
        }

        VerifySummary summary = new(0, 0, 0, _ofFolders.Damages);
        Dictionary<string, PartitionFindings> topics = [];
        ParallelQuery<PartitionFindings> verified = _partitions.AsParallel().AsOrdered()
            .WithDegreeOfParallelism(Math.Max(1, options.Threads))
            .WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(partition => new PartitionVerification(files, partition.Folder, partition.Facts, options).Verify());
        foreach (PartitionFindings partition in verified)
        {
            FindingList more = new();
            CompareTopicId(topics, partition, more);
            foreach (Finding finding in partition.Findings.Concat(more.All))
            {
                report(finding);
            }

            summary = new VerifySummary(
                summary.Partitions + 1,
                summary.Segments + partition.Segments,
                summary.Bytes + partition.Bytes,
                summary.Damages + partition.Damages + more.Damages);
        }

        return summary;
    }

    /// <summary>All partitions of a topic, in whatever folder, have one id.</summary>
    private static void CompareTopicId(Dictionary<string, PartitionFindings> topics, PartitionFindings partition, FindingList findings)
    {
        if (partition.TopicId == Guid.Empty || PartitionFolder.PartitionOf(Path.GetFileName(partition.Folder)) is not { } name)
        {
            return;
        }

        if (!topics.TryAdd(name.Topic, partition) && topics[name.Topic].TopicId != partition.TopicId)
        {
            findings.Damage(
                $"{partition.Folder}/{PartitionFolder.TopicIdFile}",
                $"the topic's id is {KafkaUuid.ToText(partition.TopicId)}, but {topics[name.Topic].Folder} says {KafkaUuid.ToText(topics[name.Topic].TopicId)}");
        }
    }

    private bool IsPartition(string path) =>
        files.ListFiles(path).Any(entry => PartitionFolder.BaseOffsetOf(entry.Name, PartitionFolder.LogSuffix) >= 0);

    private void Add(string path, DataFolder around)
    {
        _partitions.Add((new PartitionFolder(path), around.FactsOf(Path.GetFileName(path))));
        TotalBytes += files.ListFiles(path)
            .Where(entry => PartitionFolder.BaseOffsetOf(entry.Name, PartitionFolder.LogSuffix) >= 0)
            .Sum(entry => entry.Length);
    }
}
