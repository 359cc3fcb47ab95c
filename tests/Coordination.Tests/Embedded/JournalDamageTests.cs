using KLog.Coordination.Embedded;

namespace KLog.Coordination.Tests.Embedded;

public sealed class JournalDamageTests
{
    private const string Journal = "klog-tree.journal-0000000000000001";

    [Fact]
    public async Task A_journal_cut_at_any_byte_opens_with_the_frames_that_are_whole()
    {
        (byte[] bytes, List<int> ends) = await ThreeFramesAsync();
        for (int length = 0; length <= bytes.Length; length++)
        {
            int whole = ends.Skip(1).Count(end => end <= length);
            var folder = new SimulatedFolder();
            folder.Put(Journal, bytes[..length]);
            await AssertNodesAsync(folder, whole);
            int kept = length < ends[0] ? ends[0] : ends.Last(end => end <= length);
            Assert.Equal(bytes[..kept], folder.Read(Journal)[..kept]);
        }
    }

    [Fact]
    public async Task A_changed_byte_anywhere_is_refused_with_file_and_position()
    {
        (byte[] bytes, List<int> ends) = await ThreeFramesAsync();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x40;
            var folder = new SimulatedFolder();
            folder.Put(Journal, changed);
            var damage = Assert.Throws<TreeDamageException>(() => EmbeddedTree.Open(folder, TimeProvider.System));
            Assert.Equal($"simulated/{Journal}", damage.DamagedFile);
            Assert.Equal(at < ends[0] ? 0 : ends.Last(end => end <= at), damage.Position);
            Assert.Equal(changed, folder.Read(Journal));
        }
    }

    [Fact]
    public async Task A_tail_of_zeros_is_a_torn_one()
    {
        (byte[] bytes, List<int> ends) = await ThreeFramesAsync();
        bytes.AsSpan(ends[2]).Clear();
        var folder = new SimulatedFolder();
        folder.Put(Journal, bytes);
        await AssertNodesAsync(folder, 2);
    }

    [Fact]
    public async Task A_last_frame_with_a_lost_sector_is_cut()
    {
        var folder = new SimulatedFolder();
        await using (EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System))
        {
            EmbeddedSession session = tree.Connect();
            await session.CreateAsync("/n0", default);
            await session.CreateAsync("/n1", Enumerable.Repeat((byte)7, 5000).ToArray());
        }

        byte[] bytes = folder.Read(Journal);
        bytes.AsSpan(1024, 512).Clear();
        folder.Put(Journal, bytes);
        await AssertNodesAsync(folder, 1);
    }

    [Fact]
    public async Task A_missing_journal_is_refused()
    {
        SimulatedFolder folder = await SeveralJournalsAsync();
        string[] journals = [.. folder.FileNames().Where(name => name.Contains("journal", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        foreach (string snapshot in folder.FileNames().Where(name => name.Contains("snapshot", StringComparison.Ordinal)))
        {
            folder.Delete(snapshot);
        }

        var damage = Assert.Throws<TreeDamageException>(() => EmbeddedTree.Open(folder, TimeProvider.System));
        Assert.Contains(journals[0], damage.DamagedFile, StringComparison.Ordinal);
        Assert.Contains("missing", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_byte_in_a_snapshot_is_refused()
    {
        SimulatedFolder whole = await SeveralJournalsAsync();
        string snapshot = whole.FileNames().Single(name => name.Contains("snapshot", StringComparison.Ordinal));
        byte[] bytes = whole.Read(snapshot);
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1;
            whole.Put(snapshot, changed);
            var damage = Assert.Throws<TreeDamageException>(() => EmbeddedTree.Open(whole, TimeProvider.System));
            Assert.Contains(snapshot, damage.DamagedFile, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_and_the_tree_goes_on_once_there_is_room()
    {
        var folder = new SimulatedFolder();
        await using (EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System))
        {
            EmbeddedSession session = tree.Connect();
            await session.CreateAsync("/n0", default);
            folder.IsFull = true;
            Assert.Equal(TreeError.SystemError, (await Assert.ThrowsAsync<TreeException>(() => session.CreateAsync("/n1", default))).Error);
            Assert.Null(await session.ExistsAsync("/n1"));
            folder.IsFull = false;
            await session.CreateAsync("/n1", default);
        }

        await AssertNodesAsync(folder, 2);
    }

    [Fact]
    public async Task A_sync_that_fails_ends_the_tree()
    {
        var folder = new SimulatedFolder();
        await using EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System);
        EmbeddedSession session = tree.Connect();
        folder.CannotSync = true;
        Assert.Equal(TreeError.SystemError, (await Assert.ThrowsAsync<TreeException>(() => session.CreateAsync("/n0", default))).Error);
        folder.CannotSync = false;
        Assert.Equal(SessionState.Expired, session.State);
        EmbeddedSession another = tree.Connect();
        Assert.Equal(TreeError.SystemError, (await Assert.ThrowsAsync<TreeException>(() => another.CreateAsync("/n1", default))).Error);
    }

    [Fact]
    public async Task Ephemerals_of_a_process_that_was_killed_are_gone()
    {
        var folder = new SimulatedFolder();
        EmbeddedTree killed = EmbeddedTree.Open(folder, TimeProvider.System);
        EmbeddedSession session = killed.Connect();
        await session.CreateAsync("/n0", default);
        await session.CreateAsync("/e", default, CreateMode.Ephemeral);
        SimulatedFolder left = folder.AfterPowerCut(new Random(1));
        await killed.DisposeAsync();
        await AssertNodesAsync(left, 1);
    }

    private static async Task<(byte[] Bytes, List<int> Ends)> ThreeFramesAsync()
    {
        var folder = new SimulatedFolder();
        var ends = new List<int>();
        await using EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System);
        EmbeddedSession session = tree.Connect();
        ends.Add(folder.Read(Journal).Length);
        for (int i = 0; i < 3; i++)
        {
            await session.CreateAsync($"/n{i}", "some data"u8.ToArray());
            ends.Add(folder.Read(Journal).Length);
        }

        return (folder.Read(Journal), ends);
    }

    private static async Task<SimulatedFolder> SeveralJournalsAsync()
    {
        var folder = new SimulatedFolder();
        await using EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System, snapshotAfterBytes: 300);
        EmbeddedSession session = tree.Connect();
        for (int i = 0; i < 10; i++)
        {
            await session.CreateAsync($"/n{i}", "some data"u8.ToArray());
        }

        return folder;
    }

    private static async Task AssertNodesAsync(SimulatedFolder folder, int count)
    {
        await using EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System);
        EmbeddedSession session = tree.Connect();
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"n{i}"), (await session.GetChildrenAsync("/")).Names.Order());
        await session.CreateAsync("/later", default);
    }
}
