using System.Runtime.CompilerServices;
using KLog.Broker.Storage.Files;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// A segment's offset index and time index. Of a sealed segment: files, mapped when asked. Of the active one: what the
/// files held when it was opened, mapped, and all that came since, in memory. An index is only a help: without an
/// entry a search starts earlier, so a missing file costs a scan and never an answer.
/// </summary>
internal sealed class SegmentIndexes
{
    /// <summary>Entries are written in such pieces at the least, so that a file's opening is paid for seldom.</summary>
    private const int WriteAheadBytes = 8 * 1024;

    private readonly StorageResources _resources;
    private readonly long _baseOffset;
    private readonly IndexMap _offsetMap;
    private readonly IndexMap _timeMap;
    private volatile Growing? _growing;

    internal SegmentIndexes(StorageResources resources, PartitionFolder folder, long baseOffset, string stage)
    {
        _resources = resources;
        _baseOffset = baseOffset;
        _offsetMap = new IndexMap(resources, folder, baseOffset, PartitionFolder.OffsetIndexSuffix + stage);
        _timeMap = new IndexMap(resources, folder, baseOffset, PartitionFolder.TimeIndexSuffix + stage);
    }

    private sealed record Growing(IndexBuffer Offsets, IndexBuffer Times)
    {
        /// <summary>The last entry of the time index; its offset never falls, nor its timestamp.</summary>
        internal TimestampOffset LastTime { get; set; }
    }

    /// <summary>
    /// Whether an index has no room for another entry, and one more time entry when it is sealed. For the log's writer.
    /// </summary>
    internal bool IsFull(int indexBytes)
    {
        Growing growing = _growing ?? StartGrowing();
        return growing.Offsets.Count >= indexBytes / OffsetIndex.EntrySize
            || growing.Times.Count >= (indexBytes / TimeIndex.EntrySize) - 1;
    }

    /// <summary>Only the log's writer calls this, after the bytes that it names were written.</summary>
    internal void Add(OffsetPosition append, TimestampOffset largest)
    {
        Growing growing = _growing ?? StartGrowing();
        OffsetIndex.Write(growing.Offsets.Next(), checked((int)(append.Offset - _baseOffset)), append.Position);
        growing.Offsets.Commit();
        AddTime(growing, largest);
        if (growing.Offsets.UnwrittenBytes >= WriteAheadBytes)
        {
            WriteAhead();
        }
    }

    // The entries stay in memory, so on a full disk there is another time for it.
    private void WriteAhead()
    {
        try
        {
            Write(sync: false);
        }
        catch (IOException error) when (DiskError.IsDiskFull(error))
        {
            _resources.Logger.LogDebug("{Path} is written later: {Reason}", _offsetMap.Path, error.Message);
        }
    }

    /// <summary>Entries are in memory, and may be added.</summary>
    internal bool IsGrowing => _growing is not null;

    /// <summary>Brings the files up to date. For the log's writer.</summary>
    internal void Write(bool sync)
    {
        if (_growing is { } growing)
        {
            growing.Offsets.WriteTo(_resources.Files, _offsetMap.Path, sync);
            growing.Times.WriteTo(_resources.Files, _timeMap.Path, sync);
        }
    }

    /// <summary>
    /// Ends the time index with the segment's largest timestamp, by which retention judges it, and completes the files.
    /// For the log's writer.
    /// </summary>
    internal void Seal(TimestampOffset largest)
    {
        AddTime(_growing ?? StartGrowing(), largest);
        Write(sync: false);
        Close();
        _growing = null;
    }

    /// <summary>
    /// As <see cref="Seal"/> and <see cref="Sync"/>, of indexes that were made anew. Where the disk is full for them there are
    /// none from now on: searches start at the segment's beginning, and the next start makes them again.
    /// </summary>
    internal void SealAnew(TimestampOffset largest, bool sync)
    {
        try
        {
            Seal(largest);
            if (sync)
            {
                Sync();
            }
        }
        catch (IOException error) when (DiskError.IsDiskFull(error))
        {
            _resources.Logger.LogWarning("{Path} cannot be made anew: {Reason}", _offsetMap.Path, error.Message);
            Close();
            _growing = null;
            _resources.Files.DeleteFile(_offsetMap.Path);
            _resources.Files.DeleteFile(_timeMap.Path);
        }
    }

    /// <summary>Syncs the files of a sealed segment. One that is missing is made anew by the next start.</summary>
    internal void Sync()
    {
        foreach (string path in (ReadOnlySpan<string>)[_offsetMap.Path, _timeMap.Path])
        {
            _resources.Files.SyncIfThere(path);
        }
    }

    /// <summary>Of the entries of a sealed segment: of the offset index, and of the time index.</summary>
    internal (int Offsets, int Times) UsedBytes() =>
    (
        ReadMap(_offsetMap, static (bytes, _, _) => OffsetIndex.UsedLength(bytes), 0L),
        ReadMap(_timeMap, static (bytes, _, _) => TimeIndex.UsedLength(bytes), 0L));

    /// <summary>Of a sealed segment: keeps both open until <see cref="Release"/>.</summary>
    internal void Hold()
    {
        _offsetMap.Acquire();
        try
        {
            _timeMap.Acquire();
        }
        catch
        {
            _offsetMap.Release();
            throw;
        }
    }

    internal void Retire()
    {
        _offsetMap.Retire();
        _timeMap.Retire();
    }

    internal void Release()
    {
        _offsetMap.Release();
        _timeMap.Release();
    }

    /// <summary>The entries of both, those too that the files have yet to get. For the log's writer.</summary>
    internal (byte[] Offsets, byte[] Times) ReadAll()
    {
        Growing growing = _growing ?? StartGrowing();
        return (All(_offsetMap, growing.Offsets), All(_timeMap, growing.Times));
    }

    private byte[] All(IndexMap map, IndexBuffer added)
    {
        byte[] earlier = ReadMap(map, static (bytes, _, length) => bytes[..(int)length].ToArray(), (long)added.EarlierLength);
        return [.. earlier, .. added.Entries];
    }

    /// <summary>Closes the maps; a later use opens them again.</summary>
    internal void Close()
    {
        _offsetMap.Close();
        _timeMap.Close();
    }

    /// <summary>From where to look for the batch that holds the offset.</summary>
    internal OffsetPosition FloorOffset(long offset)
    {
        if (_growing is { } growing)
        {
            OffsetIndex recent = new(growing.Offsets.Entries, _baseOffset);
            int slot = recent.FloorSlot(offset);
            if (slot >= 0 || growing.Offsets.EarlierLength == 0)
            {
                return slot >= 0 ? recent[slot] : new OffsetPosition(_baseOffset, 0);
            }
        }

        OffsetPosition found = ReadMap(
            _offsetMap,
            static (bytes, baseOffset, offset) =>
                new OffsetIndex(bytes[..OffsetIndex.UsedLength(bytes)], baseOffset).Floor(offset),
            offset);

        // A damaged entry must not lead to before the file.
        return found with { Position = Math.Max(0, found.Position) };
    }

    /// <summary>After which offset to look for records that are not older than the timestamp.</summary>
    internal TimestampOffset FloorTime(long timestampMs)
    {
        if (_growing is { } growing)
        {
            TimestampOffset found = new TimeIndex(growing.Times.Entries, _baseOffset).Floor(timestampMs);
            if (found.TimestampMs >= 0 || growing.Times.EarlierLength == 0)
            {
                return found;
            }
        }

        return ReadMap(
            _timeMap,
            static (bytes, baseOffset, timestampMs) =>
                new TimeIndex(bytes[..TimeIndex.UsedLength(bytes)], baseOffset).Floor(timestampMs),
            timestampMs);
    }

    /// <summary>The last entry of the time index.</summary>
    internal TimestampOffset LastTimestamp() =>
        _growing is { } growing
            ? growing.LastTime
            : ReadMap(
                _timeMap,
                static (bytes, baseOffset, _) => new TimeIndex(bytes[..TimeIndex.UsedLength(bytes)], baseOffset).Last,
                0L);

    /// <summary>Looks at both ends of both indexes.</summary>
    internal bool ArePlausible(int segmentSize) =>
        ReadMap(
            _offsetMap,
            static (bytes, baseOffset, size) =>
                bytes.Length % OffsetIndex.EntrySize == 0
                && new OffsetIndex(bytes[..OffsetIndex.UsedLength(bytes)], baseOffset).IsPlausible((int)size),
            (long)segmentSize)
        && ReadMap(
            _timeMap,
            static (bytes, baseOffset, _) =>
                bytes.Length % TimeIndex.EntrySize == 0
                && new TimeIndex(bytes[..TimeIndex.UsedLength(bytes)], baseOffset).IsPlausible(),
            0L);

    /// <summary>Empties both, as for a segment that is scanned anew; then <see cref="Add"/> and <see cref="Seal"/>.</summary>
    internal void Reset()
    {
        _offsetMap.Close();
        _timeMap.Close();
        _resources.Files.DeleteFile(_offsetMap.Path);
        _resources.Files.DeleteFile(_timeMap.Path);
        StartEmpty();
    }

    /// <summary>As <see cref="Reset"/>, where there are no files.</summary>
    internal void StartEmpty() =>
        _growing = new Growing(new IndexBuffer(OffsetIndex.EntrySize, 0), new IndexBuffer(TimeIndex.EntrySize, 0))
        {
            LastTime = new TimestampOffset(-1, _baseOffset),
        };

    /// <summary>Takes entries from now on, after those that the files hold.</summary>
    private Growing StartGrowing()
    {
        int offsets = ReadMap(_offsetMap, static (bytes, _, _) => OffsetIndex.UsedLength(bytes), 0L);
        int times = ReadMap(_timeMap, static (bytes, _, _) => TimeIndex.UsedLength(bytes), 0L);
        IndexBuffer newOffsets = new(OffsetIndex.EntrySize, offsets);
        IndexBuffer newTimes = new(TimeIndex.EntrySize, times);
        Growing growing = new(newOffsets, newTimes) { LastTime = LastTimestamp() };
        _growing = growing;
        return growing;
    }

    private void AddTime(Growing growing, TimestampOffset largest)
    {
        if (largest.TimestampMs > growing.LastTime.TimestampMs)
        {
            TimeIndex.Write(growing.Times.Next(), largest.TimestampMs, checked((int)(largest.Offset - _baseOffset)));
            growing.Times.Commit();
            growing.LastTime = largest;
        }
    }

    private delegate TResult MapReader<TResult>(ReadOnlySpan<byte> bytes, long baseOffset, long argument);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TResult ReadMap<TResult>(IndexMap map, MapReader<TResult> read, long argument)
    {
        IFileMapping mapping = map.Acquire();
        try
        {
            return read(mapping.Bytes, _baseOffset, argument);
        }
        finally
        {
            map.Release();
        }
    }
}
