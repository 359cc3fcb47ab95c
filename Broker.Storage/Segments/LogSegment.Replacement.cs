using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <content>How a cleaned segment is written, and how it takes the place of others.</content>
internal sealed partial class LogSegment
{
    private static readonly string[] OwnSuffixes =
    [
        PartitionFolder.LogSuffix,
        PartitionFolder.OffsetIndexSuffix,
        PartitionFolder.TimeIndexSuffix,
        PartitionFolder.TransactionIndexSuffix,
    ];

    /// <summary>Its files are another segment's now, or have been merged into another's.</summary>
    internal bool IsReplaced { get; private set; }

    /// <summary>Batches of magic 0 or 1 were found in it: the cleaner does not touch it.</summary>
    internal bool HasOldMagic { get; private set; }

    /// <summary>Of the first batch; -1 when it has none.</summary>
    internal long FirstTimestampMs => _firstTimestamp == Unknown ? _firstTimestamp = ReadFirstTimestamp() : _firstTimestamp;

    internal void NoteOldMagic()
    {
        if (!HasOldMagic)
        {
            HasOldMagic = true;
            _resources.Logger.LogWarning("{Path} holds messages of magic 0 or 1: the cleaner leaves it as it is", File.Path);
        }
    }

    /// <summary>A segment that the cleaner fills; its files' names end with <c>.cleaned</c>.</summary>
    internal static LogSegment CreateCleaned(StorageResources resources, PartitionFolder folder, long baseOffset)
    {
        LogSegment segment = new(resources, folder, baseOffset, 0, resources.NowMs, PartitionFolder.CleanedSuffix);
        segment.DeleteStage(PartitionFolder.CleanedSuffix);
        segment.File.Create();
        segment.Indexes.StartEmpty();
        segment.StartEmpty();
        return segment;
    }

    /// <summary>Writes whole batches, with an index entry wherever one is due.</summary>
    /// <exception cref="InvalidDataException">They do not fit a segment's offsets or size.</exception>
    internal void AppendCleaned(ReadOnlySpan<byte> batches, int indexIntervalBytes)
    {
        if (batches.Length > int.MaxValue - _size)
        {
            throw new InvalidDataException("what is cleaned gets larger than a segment can be");
        }

        File.Write(batches, _size);
        for (int at = 0; at < batches.Length;)
        {
            RecordBatchView batch = new(batches[at..]);
            if (batch.LastOffset - BaseOffset > int.MaxValue)
            {
                throw new InvalidDataException($"offset {batch.LastOffset} is too far from the segment's first");
            }

            LogAppendInfo append = new(batch.BaseOffset, batch.LastOffset, batch.MaxTimestamp, batch.LastOffset);
            NoteRecovered(append, _size + at, batch.SizeInBytes, indexIntervalBytes);
            at += batch.SizeInBytes;
        }

        Volatile.Write(ref _size, _size + batches.Length);
    }

    /// <summary>Returns once all of the cleaned segment's files are on the disk; their names are not.</summary>
    internal void CompleteCleaned()
    {
        Seal();
        File.Sync();
        Indexes.Sync();
        if (_resources.Files.FileExists(TransactionIndexPath))
        {
            using IStorageFile file = _resources.Files.Open(TransactionIndexPath, FileOpening.Existing);
            file.Sync();
        }

        Close();
    }

    /// <summary>
    /// Renames the files from one stage to the next, the segment's own first: while it waits to be put in place, the
    /// others' names say that what they belong to is not.
    /// </summary>
    internal void MoveStage(string from, string to)
    {
        foreach (string suffix in OwnSuffixes)
        {
            if (_resources.Files.FileExists(_folder.File(BaseOffset, suffix + from)))
            {
                _resources.Files.MoveFile(_folder.File(BaseOffset, suffix + from), _folder.File(BaseOffset, suffix + to));
            }

            if (suffix == PartitionFolder.LogSuffix && to.Length == 0)
            {
                // After a power cut with a renamed index and an old segment, the start would delete the index.
                _resources.Files.SyncFolder(_folder.Path);
            }
        }
    }

    /// <summary>Deletes the files of a stage, the segment's own first.</summary>
    internal void DeleteStage(string stage)
    {
        foreach (string suffix in OwnSuffixes)
        {
            _resources.Files.DeleteFile(_folder.File(BaseOffset, suffix + stage));
        }
    }

    /// <summary>Keeps the files open, whatever becomes of their names, until <see cref="Release"/>.</summary>
    internal void Hold()
    {
        CheckIndexes();
        _ = LargestTimestampMs;
        File.Acquire();
        try
        {
            Indexes.Hold();
        }
        catch
        {
            File.Release();
            throw;
        }
    }

    internal void Release()
    {
        Indexes.Release();
        File.Release();
    }

    /// <summary>
    /// Of a segment that is held. The files go by the names of files to be deleted; those who have them open go on, and
    /// once no one has, no one can open them again. Where the new segment takes over this one's names, two files stay:
    /// the producers' snapshot, which tells what the new one does not, and the transaction index, which the new one's
    /// replaces without a moment in between, because readers of this segment look for it by its name.
    /// </summary>
    internal void MarkReplaced(bool nameGoesOn)
    {
        IsReplaced = true;
        File.Retire();
        Indexes.Retire();
        if (!nameGoesOn)
        {
            MarkDeleted();
            return;
        }

        IsDeleted = true;
        foreach (string suffix in OwnSuffixes)
        {
            string path = _folder.File(BaseOffset, suffix);
            if (suffix != PartitionFolder.TransactionIndexSuffix && _resources.Files.FileExists(path))
            {
                _resources.Files.MoveFile(path, path + PartitionFolder.DeletedSuffix);
            }
        }
    }
}
