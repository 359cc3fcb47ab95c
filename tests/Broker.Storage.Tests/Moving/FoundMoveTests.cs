using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Moving;

public class FoundMoveTests
{
    private static readonly string Future = $"topic-0.{new string('a', 32)}-future";

    [Fact]
    public async Task A_future_folder_is_copied_anew()
    {
        using TwoDisks disks = new();
        disks.Fill(10);
        disks.Crash(() => Junk(disks.B, Future));
        disks.Store.ResumeMoves();
        Assert.True(await Assert.Single(disks.Store.Moves).Completion);
        Assert.Same(disks.B, disks.Log.Directory);
        disks.CheckRecords(10);
        disks.Store.RunDueDeletions();
        Assert.Equal(["topic-0"], TwoDisks.FoldersOf(disks.B));
    }

    [Fact]
    public void A_future_folder_of_no_log_goes_and_a_stray_one_stays()
    {
        using TwoDisks disks = new();
        disks.Crash(() =>
        {
            Junk(disks.B, Future.Replace("topic-0", "gone-3", StringComparison.Ordinal));
            Junk(disks.B, Future.Replace("-future", "-stray", StringComparison.Ordinal));
        });
        disks.Store.ResumeMoves();
        Assert.Empty(disks.Store.Moves);
        disks.Store.RunDueDeletions();
        Assert.Equal(["topic-0.-stray"], TwoDisks.FoldersOf(disks.B));
    }

    [Fact]
    public async Task While_a_folder_is_offline_the_copy_of_a_missing_log_is_left_alone()
    {
        using TwoDisks disks = new();
        disks.Fill(10);
        disks.Crash(() =>
        {
            Junk(disks.B, Future);
            Directory.Move($"{disks.Path}/a", $"{disks.Path}/away");
            File.WriteAllText($"{disks.Path}/a", "no folder");
        });
        Assert.True(disks.A.IsOffline);
        disks.Store.ResumeMoves();
        disks.Store.RunDueDeletions();
        Assert.Equal(["topic-0.-future"], TwoDisks.FoldersOf(disks.B));
        await disks.Store.DisposeAsync();
    }

    [Fact]
    public async Task Of_a_copy_and_its_original_the_original_counts()
    {
        using TwoDisks disks = new();
        disks.Fill(10);
        string copy = $"{disks.Path}/b/topic-0";
        disks.Crash(() =>
        {
            Copy($"{disks.Path}/a/topic-0", copy);
            File.WriteAllText($"{copy}/{FutureFolder.MovedFromFile}", $"{disks.Path}/a");
        });
        Assert.Same(disks.A, disks.Log.Directory);
        disks.Append();
        disks.Store.ResumeMoves();
        Assert.True(await Assert.Single(disks.Store.Moves).Completion);
        disks.CheckRecords(11);
        Assert.Same(disks.B, disks.Log.Directory);
    }

    [Fact]
    public void A_copy_whose_original_may_be_in_an_offline_folder_waits_for_it()
    {
        using TwoDisks disks = new();
        disks.Fill(10);
        disks.Crash(() =>
        {
            Copy($"{disks.Path}/a/topic-0", $"{disks.Path}/b/topic-0");
            File.WriteAllText($"{disks.Path}/b/topic-0/{FutureFolder.MovedFromFile}", $"{disks.Path}/a");
            Directory.Move($"{disks.Path}/a", $"{disks.Path}/away");
            File.WriteAllText($"{disks.Path}/a", "no folder");
        });
        Assert.Null(disks.Store.Find(TwoDisks.Partition));
        Assert.Equal(["topic-0.-future"], TwoDisks.FoldersOf(disks.B));
    }

    [Fact]
    public async Task A_move_that_the_end_of_the_process_interrupts_goes_on()
    {
        using ManualResetEventSlim isCopying = new();
        using ManualResetEventSlim mayCopy = new();
        StoppingFileSystem disk = null!;
        using TwoDisks disks = new(files: path => disk = new StoppingFileSystem(path));
        disks.Fill(10);
        disk.BeforeChange = path =>
        {
            if (path.EndsWith(".log", StringComparison.Ordinal) && path.Contains(FutureFolder.Suffix, StringComparison.Ordinal))
            {
                isCopying.Set();
                mayCopy.Wait();
            }
        };
        LogMove move = disks.Store.Move(disks.Log, disks.B)!;
        isCopying.Wait();
        Task restarted = disks.RestartAsync();
        mayCopy.Set();
        await restarted;
        Assert.False(await move.Completion);
        Assert.Same(disks.A, disks.Log.Directory);
        disk.BeforeChange = null;
        disks.Store.ResumeMoves();
        Assert.True(await Assert.Single(disks.Store.Moves).Completion);
        disks.CheckRecords(10);
    }

    [Fact]
    public async Task A_later_move_takes_the_place_of_an_earlier_one_and_a_deletion_of_both()
    {
        using ManualResetEventSlim isCopying = new();
        using ManualResetEventSlim mayCopy = new();
        StoppingFileSystem disk = null!;
        using TwoDisks disks = new(files: path => disk = new StoppingFileSystem(path));
        disks.Fill(10);
        disk.BeforeChange = path =>
        {
            if (path.EndsWith(".log", StringComparison.Ordinal) && path.Contains(FutureFolder.Suffix, StringComparison.Ordinal))
            {
                isCopying.Set();
                mayCopy.Wait();
            }
        };
        LogMove first = disks.Store.Move(disks.Log, disks.B)!;
        isCopying.Wait();
        LogMove second = disks.Store.Move(disks.Log, disks.C)!;
        Assert.Same(second, disks.Store.Move(disks.Log, disks.C));
        mayCopy.Set();
        Assert.Equal((false, true), (await first.Completion, await second.Completion));
        Assert.Same(disks.C, disks.Log.Directory);
        Assert.Empty(TwoDisks.FoldersOf(disks.B));
        disks.CheckRecords(10);

        mayCopy.Reset();
        isCopying.Reset();
        LogMove third = disks.Store.Move(disks.Log, disks.A)!;
        isCopying.Wait();
        disks.Store.Delete(TwoDisks.Partition);
        mayCopy.Set();
        Assert.False(await third.Completion);
        disks.Time.NowMs += 120_000;
        disks.Store.RunDueDeletions();
        Assert.All(disks.Store.Directories, directory => Assert.Empty(TwoDisks.FoldersOf(directory)));
        Assert.All(disks.Store.Directories, directory => Assert.Equal((false, 0), (directory.IsOffline, directory.LogCount)));
    }

    private static void Junk(LogDirectory directory, string name)
    {
        Directory.CreateDirectory($"{directory.Path}/{name}");
        File.WriteAllText($"{directory.Path}/{name}/{PartitionFolder.Name(0, ".log")}", "half a segment");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.GetFiles(from))
        {
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
        }
    }
}
