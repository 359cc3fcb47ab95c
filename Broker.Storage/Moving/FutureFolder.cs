using System.Text;
using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>
/// The folder that a log is copied into while it moves: <c>topic-0.5e1f…(32 hex digits)-future</c> in its new place
/// (KIP-113). Everything that is done to the target's disk goes through here, so that <see cref="Failure"/> tells
/// whose fault it is when a move fails.
/// </summary>
/// <remarks>
/// The last steps of a move, so that a crash at any point leaves exactly one folder that a start takes for the log:
/// <code>
///                                               old place       new place
/// 1. all is copied and synced                   t-0             t-0.…-future, in it the file moved-from
/// 2. the copy gets the partition's name         t-0             t-0 with moved-from      the old one counts
/// 3. the old one gets another name              t-0.…-delete    t-0 with moved-from      the new one counts
/// 4. the file moved-from is deleted             t-0.…-delete    t-0
/// </code>
/// No append comes between 1 and the end of 3, so the two are the same until then. Each step is on the disk before the next begins; <see cref="UnfinishedMoves"/> is what a start does about them.
/// </remarks>
internal sealed class FutureFolder
{
    internal const string Suffix = "-future";

    /// <summary>In a folder that was copied from another place, which it names, until the folder there is gone.</summary>
    internal const string MovedFromFile = "moved-from";

    private const int MaxNameLength = 255;

    private readonly IFileSystem _files;
    private readonly TopicPartition _partition;
    private Guid _topicId;
    private IReadOnlyList<LeaderEpochEntry>? _epochs;

    internal FutureFolder(IFileSystem files, LogDirectory directory, TopicPartition partition)
    {
        _files = files;
        _partition = partition;
        Directory = directory;
        Folder = new PartitionFolder($"{directory.Path}/{NameFor(partition)}");
    }

    internal LogDirectory Directory { get; }

    internal PartitionFolder Folder { get; }

    /// <summary>The target's disk has refused something.</summary>
    internal IOException? Failure { get; private set; }

    internal static string NameFor(TopicPartition partition) => $"{partition}.{Guid.NewGuid():N}{Suffix}";

    /// <summary>File systems allow 255 characters; topics' names are ASCII.</summary>
    internal static bool IsNameable(TopicPartition partition) => NameFor(partition).Length <= MaxNameLength;

    /// <summary>Whose future replica a folder of that name is; null for folders of other kinds.</summary>
    internal static TopicPartition? PartitionOf(string folderName)
    {
        int dot = folderName.LastIndexOf('.');
        return dot > 0 && folderName.EndsWith(Suffix, StringComparison.Ordinal)
            ? PartitionFolder.PartitionOf(folderName[..dot])
            : null;
    }

    /// <param name="source">The folder of log.dirs that the log is in.</param>
    internal void Create(string source) => OnTarget(() =>
    {
        _files.CreateFolder(Folder.Path);
        _files.WriteWhole(Folder.File(MovedFromFile), Encoding.UTF8.GetBytes(source), sync: true);
    });

    /// <summary>The log's small files, where they have changed since the last call.</summary>
    internal void Describe(Guid topicId, LeaderEpochCache epochs) => OnTarget(() =>
    {
        if (topicId != _topicId)
        {
            PartitionMetadataFile.Write(_files, Folder, topicId);
            _files.SyncIfThere(Folder.File(PartitionFolder.TopicIdFile));
            _topicId = topicId;
        }

        // The list is replaced when it changes.
        if (!ReferenceEquals(_epochs, epochs.Entries))
        {
            _epochs = epochs.Entries;
            epochs.WriteTo(Folder);
        }
    });

    internal IStorageFile Open(string name) => OnTarget(() => _files.Open(Folder.File(name), FileOpening.CreateIfMissing));

    internal void Write(IStorageFile file, ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            file.Write(bytes, position);
        }
        catch (IOException error)
        {
            Failure = error;
            throw;
        }
    }

    internal void Sync(IStorageFile file) => OnTarget(file.Sync);

    internal void WriteWhole(string name, byte[] bytes, bool sync = true) =>
        OnTarget(() => _files.WriteWhole(Folder.File(name), bytes, sync));

    internal void Delete(string name) => OnTarget(() => _files.DeleteFile(Folder.File(name)));

    /// <summary>Step 2. Where it throws, the folder has its old name, or a start gives it that.</summary>
    internal void TakeName() => OnTarget(() =>
    {
        _files.SyncFolder(Folder.Path);
        string path = $"{Directory.Path}/{_partition}";
        _files.MoveFolder(Folder.Path, path);
        Folder.Path = path;
        _files.SyncFolder(Directory.Path);
    });

    /// <summary>Step 4.</summary>
    internal void ForgetSource() => OnTarget(() => UnfinishedMoves.ForgetSource(_files, Folder));

    /// <summary>The move is not going to be completed; where the disk refuses this, the next start sees to it.</summary>
    internal void Discard() => OnTarget(() =>
    {
        if (!Directory.IsOffline)
        {
            _files.DeleteFolder(Folder.Path);
        }
    });

    private void OnTarget(Action run) => OnTarget(() =>
    {
        run();
        return true;
    });

    private T OnTarget<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (IOException error)
        {
            Failure = error;
            throw;
        }
    }
}
