using KLog.Broker.Storage.Tests.Support;

namespace KLog.Broker.Storage.Tests.Log;

public class PreallocationTests
{
    private const int SegmentBytes = 64 << 10;

    private static LogConfig Config => new() { SegmentBytes = SegmentBytes, Preallocate = true };

    [Fact]
    public async Task A_segment_has_its_whole_size_until_it_is_sealed_or_closed()
    {
        using TestStore test = new(Config);
        test.Log.Append(Batches.Of(2));
        Assert.Equal(SegmentBytes, LengthOf(test, 0));
        Assert.Equal([(0, 1)], test.Log.ReadAll(0));
        long size = test.Log.SizeInBytes;
        test.Log.Roll();
        Assert.Equal((size, SegmentBytes), (LengthOf(test, 0), LengthOf(test, 2)));
        test.Log.Append(Batches.Of(2));
        await test.RestartAsync();
        Assert.Equal(size, LengthOf(test, 2));
        Assert.Equal([(0, 1), (2, 3)], test.Log.ReadAll(0));
        test.Log.Append(Batches.Of(1));
        Assert.Equal([(0, 1), (2, 3), (4, 4)], test.Log.ReadAll(0));
    }

    [Fact]
    public void Recovery_cuts_the_zeroes_off()
    {
        using TestStore test = new(Config);
        test.Log.Append(Batches.Of(2));
        long size = test.Log.SizeInBytes;
        test.Log.Flush();
        test.Crash();
        Assert.Equal((2, size), (test.Log.LogEndOffset, LengthOf(test, 0)));
        Assert.Equal(2, test.Log.Append(Batches.Of(1)).BaseOffset);
        Assert.Equal([(0, 1), (2, 2)], test.Log.ReadAll(0));
    }

    [Fact]
    public void An_empty_preallocated_segment_is_recovered_as_empty()
    {
        using TestStore test = new(Config);
        Assert.Equal(0, test.Log.LogEndOffset);
        test.Crash();
        Assert.Equal((0L, 0L), (test.Log.LogEndOffset, LengthOf(test, 0)));
        Assert.Equal(0, test.Log.Append(Batches.Of(1)).BaseOffset);
    }

    [Fact]
    public void The_room_is_taken_at_once()
    {
        using TemporaryFolder folder = new();
        using Files.IStorageFile file = Files.DiskFileSystem.Instance.Open(folder.File("f"), Files.FileOpening.Truncate);
        file.Allocate(SegmentBytes);
        Assert.Equal(SegmentBytes, file.Length);
        Assert.Throws<IOException>(() => file.Allocate(long.MaxValue));
    }

    private static long LengthOf(TestStore test, long baseOffset) =>
        new FileInfo(Path.Combine(test.PartitionPath, PartitionFolder.Name(baseOffset, PartitionFolder.LogSuffix))).Length;
}
