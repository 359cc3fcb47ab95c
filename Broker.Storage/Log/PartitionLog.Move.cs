using KLog.Broker.Storage.Files;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// The end of a move: the log goes on in the copy's folder, and the old one is deleted after file.delete.delay.ms.
    /// Appends wait meanwhile; regions of the old files stay readable. False when nothing has changed, because too much
    /// is missing, the move is cancelled, the log is gone, or what the target's checkpoints say of it has become wrong.
    /// </summary>
    /// <param name="missingBytesMax">How much may be copied while appends wait.</param>
    /// <param name="truncations"><see cref="Truncations"/> from before the target's checkpoints were written.</param>
    /// <exception cref="IOException">Nothing has changed, or the old folder is offline now.</exception>
    internal bool TrySwitch(LogCopy copy, FutureFolder future, long missingBytesMax, int truncations)
    {
        lock (_replacing)
        lock (_flushing)
        {
            lock (_writer)
            {
                if (IsUnusable || future.Directory.IsOffline || truncations != _truncations
                    || copy.MissingBytes(_segments) > missingBytesMax
                    || !copy.TryComplete(_segments))
                {
                    return false;
                }

                // Segments bring the snapshots at their base offsets; one of a clean shutdown may lie elsewhere.
                copy.CopySmall(_folder, PartitionFolder.Name(Math.Max(0, Producers.SnapshotOffset), PartitionFolder.SnapshotSuffix));
                future.Describe(TopicId, LeaderEpochs);
                future.TakeName();
                LeaveOldFolder();
                GoOnIn(future);
            }
        }

        OnFlushed?.Invoke();
        return true;
    }

    /// <summary>
    /// Takes the partition's name from the old folder. When that fails the log stays there, offline: whether it succeeded
    /// is for the next start to see.
    /// </summary>
    private void LeaveOldFolder()
    {
        string old = $"{Directory.Path}/{DeletedFolder.NameFor(TopicPartition)}";
        try
        {
            _resources.Files.MoveFolder(_folder.Path, old);
            _folder.Path = old;
            _resources.Files.SyncFolder(Directory.Path);
        }
        catch (IOException error)
        {
            Directory.Fail(error);
            throw;
        }
    }

    private void GoOnIn(FutureFolder future)
    {
        PartitionFolder oldFolder = _folder;
        SegmentList oldSegments = _segments;
        SegmentList segments = new(oldSegments.All.ToArray().Select(segment => segment.MovedTo(future.Folder, isSynced: segment != oldSegments.Active)));
        Directory.CountLog(-1);
        future.Directory.CountLog(1);

        // What a cleaner reads and writes now belongs to the old folder.
        Volatile.Write(ref _truncations, _truncations + 1);
        _folder = future.Folder;
        LeaderEpochs.MoveTo(future.Folder);
        _segments = segments;
        _tail.MoveTo(segments.Active);

        // After the segments: a reader that finds the new folder finds its segments too, and reports errors to it.
        Directory = future.Directory;
        Volatile.Write(ref _recoveryPoint, _logEndOffset);
        _folderIsDirty = true;
        foreach (LogSegment segment in oldSegments.All)
        {
            segment.Close();
        }

        _background.DeleteAfter(_config.FileDeleteDelayMs, () =>
        {
            foreach (LogSegment segment in oldSegments.All)
            {
                segment.Close();
            }

            _resources.Files.DeleteFolder(oldFolder.Path);
        });
        _resources.Logger.LogInformation(
            "{Partition} has moved to {Directory}, up to offset {Offset}", TopicPartition, Directory.Path, _logEndOffset);
    }

    /// <summary>
    /// A reader, which holds no lock, has met an error: whether the log has moved since it looked where the log is. Then
    /// the error says nothing of the folder where it is now, and nothing is wrong with reading there.
    /// </summary>
    private bool HasMovedFrom(LogDirectory directory)
    {
        lock (_writer)
        {
            return !ReferenceEquals(directory, Directory);
        }
    }
}
