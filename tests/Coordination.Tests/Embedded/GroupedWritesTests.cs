using KLog.Coordination.Embedded;

namespace KLog.Coordination.Tests.Embedded;

public sealed class GroupedWritesTests
{
    [Fact]
    public async Task Writes_that_wait_together_share_syncs_and_are_all_there()
    {
        var folder = new SimulatedFolder();
        await using (EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System))
        {
            EmbeddedSession session = tree.Connect();
            folder.OperationsLeft = 2000;
            await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => session.CreateAsync($"/t{i}", default)));

            // An append and a sync a group: far fewer than the 4,000 that single writes would take.
            Assert.True(folder.OperationsLeft > 0);
            folder.OperationsLeft = int.MaxValue;
        }

        await using EmbeddedTree again = EmbeddedTree.Open(folder, TimeProvider.System);
        Assert.Equal(2000, (await again.Connect().GetChildrenAsync("/")).Names.Count);
    }
}
