using System.Text;
using KLog.Broker.Storage.Files;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>A <c>-future</c> folder that a start found.</summary>
internal readonly record struct FoundFuture(LogDirectory Directory, TopicPartition Partition, string Path);

/// <summary>What a start does about moves that an earlier process did not complete: see <see cref="FutureFolder"/>.</summary>
internal sealed class UnfinishedMoves(StorageResources resources, IReadOnlyList<LogDirectory> directories)
{
    /// <summary>
    /// Before the logs are opened: a copy that has the partition's name already is its log, unless the original has it
    /// too, or may have it: then it becomes a future replica again.
    /// </summary>
    internal void Settle()
    {
        foreach (LogDirectory directory in directories)
        {
            try
            {
                foreach (string name in directory.IsOffline ? [] : resources.Files.ListFolders(directory.Path))
                {
                    PartitionFolder folder = new($"{directory.Path}/{name}");
                    if (PartitionFolder.PartitionOf(name) is { } partition && SourceOf(folder) is { } source)
                    {
                        Settle(directory, folder, partition, source);
                    }
                }
            }
            catch (IOException error)
            {
                directory.Fail(error);
            }
        }
    }

    /// <summary>
    /// Once the logs are open: which copies are to be made anew, and which folders can go. A copy is never the only one
    /// of its log, so one whose log is not there belongs to a deleted partition; but not while a folder is offline.
    /// </summary>
    internal List<FoundFuture> Resumable(IEnumerable<FoundFuture> found, Func<TopicPartition, PartitionLog?> find, BackgroundWork work)
    {
        List<FoundFuture> resumable = [];
        foreach (FoundFuture future in found)
        {
            PartitionLog? log = find(future.Partition);
            if (log is null && directories.Any(directory => directory.IsOffline))
            {
                resources.Logger.LogWarning(
                    "{Path} is left alone: the log that it is a copy of is not there, and a folder is offline", future.Path);
                continue;
            }

            work.DeleteAfter(0, () => resources.Files.DeleteFolder(future.Path));
            if (log is not null && !ReferenceEquals(log.Directory, future.Directory))
            {
                resumable.Add(future);
            }
        }

        return resumable;
    }

    internal static void ForgetSource(IFileSystem files, PartitionFolder folder)
    {
        files.DeleteFile(folder.File(FutureFolder.MovedFromFile));
        files.SyncFolder(folder.Path);
    }

    private void Settle(LogDirectory directory, PartitionFolder folder, TopicPartition partition, string source)
    {
        bool hasOriginal = directories.Any(other =>
            !ReferenceEquals(other, directory)
            && (other.IsOffline ? other.Path == source : resources.Files.FolderExists($"{other.Path}/{partition}")));
        if (!hasOriginal)
        {
            ForgetSource(resources.Files, folder);
            return;
        }

        resources.Logger.LogWarning("The move of {Partition} from {Source} was not completed", folder.Path, source);
        resources.Files.MoveFolder(folder.Path, $"{directory.Path}/{FutureFolder.NameFor(partition)}");
        resources.Files.SyncFolder(directory.Path);
    }

    private string? SourceOf(PartitionFolder folder)
    {
        string path = folder.File(FutureFolder.MovedFromFile);
        return resources.Files.FileExists(path) ? Encoding.UTF8.GetString(resources.Files.ReadWhole(path)) : null;
    }
}
