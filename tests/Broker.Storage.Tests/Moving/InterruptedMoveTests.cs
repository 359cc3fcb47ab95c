using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Moving;

public class InterruptedMoveTests
{
    private const int Records = 8;

    [Fact]
    public async Task A_crash_at_any_step_leaves_one_log_with_all_records()
    {
        HashSet<string> places = [];
        for (int step = 0, completed = 0; completed < 2; step++)
        {
            StoppingFileSystem disk = null!;
            using TwoDisks disks = new(files: path => disk = new StoppingFileSystem(path));
            disks.Fill(Records);
            disk.StopAfter(step);
            bool hasMoved = await disks.MoveAsync(disks.B);
            Assert.True(hasMoved || disk.HasStopped, $"step {step}");
            int records = Records + (disks.TryAppend().Error == ErrorCode.None ? 1 : 0);
            disks.Crash();
            places.Add(await CheckAsync(disks, records));
            completed += disk.HasStopped ? 0 : 1;
        }

        Assert.Equal(["a", "b"], places.Order());
    }

    [Fact]
    public async Task A_target_that_fails_at_any_step_leaves_the_log_as_it_was()
    {
        bool hasMoved = false;
        for (int step = 0; !hasMoved; step++)
        {
            StoppingFileSystem disk = null!;
            using TwoDisks disks = new(files: path => disk = new StoppingFileSystem($"{path}/b"));
            disks.Fill(Records);
            disk.StopAfter(step);
            hasMoved = await disks.MoveAsync(disks.B);
            bool isUsable = !hasMoved || !disk.HasStopped;
            if (isUsable)
            {
                Assert.Same(hasMoved ? disks.B : disks.A, disks.Log.Directory);
                disks.Append();
                disks.CheckRecords(Records + 1);
                Assert.False(disks.A.IsOffline);
                Assert.Equal(disk.HasStopped, disks.B.IsOffline);
            }

            disks.Crash();
            await CheckAsync(disks, Records + (isUsable ? 1 : 0));
        }
    }

    [Fact]
    public async Task A_source_that_fails_at_any_step_keeps_its_records()
    {
        bool hasMoved = false;
        for (int step = 0; !hasMoved; step++)
        {
            StoppingFileSystem disk = null!;
            using TwoDisks disks = new(files: path => disk = new StoppingFileSystem($"{path}/a"));
            disks.Fill(Records);
            disk.StopAfter(step);
            hasMoved = await disks.MoveAsync(disks.B);
            Assert.False(disks.B.IsOffline);
            int records = Records + (disks.TryAppend().Error == ErrorCode.None ? 1 : 0);
            Assert.Equal(hasMoved || !disk.HasStopped, records > Records);
            disks.Crash();
            await CheckAsync(disks, records);
        }
    }

    [Fact]
    public async Task A_target_that_is_full_stays_in_use()
    {
        bool hasMoved = false;
        for (int step = 0; !hasMoved; step++)
        {
            StoppingFileSystem disk = null!;
            using TwoDisks disks = new(files: path => disk = new StoppingFileSystem($"{path}/b"));
            disks.Fill(Records);
            disk.StopAfter(step, FaultyFileSystem.NoSpace);
            hasMoved = await disks.MoveAsync(disks.B);
            disk.StopAfter(long.MaxValue);
            Assert.Equal((false, false), (disks.A.IsOffline, disks.B.IsOffline));
            disks.Append();
            disks.CheckRecords(Records + 1);
            Assert.Equal(hasMoved ? 1 : 0, disks.B.LogCount);
        }
    }

    /// <summary>Once the next process has tidied up, there is one folder with all records. Answers with whose it is.</summary>
    private static async Task<string> CheckAsync(TwoDisks disks, int records)
    {
        disks.CheckRecords(records);
        disks.Store.ResumeMoves();
        await Task.WhenAll(disks.Store.Moves.Select(move => move.Completion));
        disks.CheckRecords(records);
        disks.Append();
        string place = Path.GetFileName(disks.Log.Directory.Path);
        disks.Time.NowMs += 120_000;
        disks.Store.RunDueDeletions();
        Assert.Equal(["topic-0"], TwoDisks.FoldersOf(disks.Log.Directory));
        Assert.Empty(TwoDisks.FoldersOf(disks.Log.Directory == disks.A ? disks.B : disks.A));
        Assert.False(File.Exists($"{disks.Log.Path}/{FutureFolder.MovedFromFile}"));
        await disks.RestartAsync();
        disks.CheckRecords(records + 1);
        return place;
    }
}
