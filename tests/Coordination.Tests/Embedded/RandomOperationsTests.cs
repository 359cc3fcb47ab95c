using KLog.Coordination.Embedded;
using Xunit.Abstractions;

namespace KLog.Coordination.Tests.Embedded;

public sealed class RandomOperationsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_tree_does_what_a_dictionary_does()
    {
        int seed = Seed();
        var random = new Random(seed);
        var folder = new SimulatedFolder();
        var model = new TreeModel();
        for (int life = 0; life < 5; life++)
        {
            await using EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System, snapshotAfterBytes: 2000);
            await using EmbeddedSession session = tree.Connect();
            Assert.Equal(model.Print(), await TreeModel.PrintAsync(session));
            for (int i = 0; i < 300; i++)
            {
                TreeOperation[] operations = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => TreeModel.RandomOperation(random))];
                (model, TreeError expected) = model.Apply(operations);
                Assert.Equal(expected, await TryAsync(session, operations));
            }

            Assert.Equal(model.Print(), await TreeModel.PrintAsync(session));
        }
    }

    [Fact]
    public async Task After_a_power_cut_at_any_moment_everything_acknowledged_is_there()
    {
        int seed = Seed();
        for (int round = 0; round < 150; round++)
        {
            await CutPowerAsync(seed + round);
        }
    }

    private static async Task<TreeError> TryAsync(EmbeddedSession session, TreeOperation[] operations)
    {
        try
        {
            await session.MultiAsync(operations);
            return TreeError.Ok;
        }
        catch (TreeException e)
        {
            return e.Error;
        }
    }

    /// <summary>Several lives in a row, each ended by a cut after some file operations, the opening's own among them.</summary>
    private static async Task CutPowerAsync(int seed)
    {
        var random = new Random(seed);
        var folder = new SimulatedFolder();
        var model = new TreeModel();
        TreeModel? perhaps = null;
        long lastZxid = 0;
        for (int life = 0; life < 4; life++)
        {
            folder.OperationsLeft = random.Next(60);
            try
            {
                await using EmbeddedTree tree = EmbeddedTree.Open(folder, TimeProvider.System, snapshotAfterBytes: 1000);
                EmbeddedSession session = tree.Connect();
                string printed = await TreeModel.PrintAsync(session);
                model = perhaps is not null && printed == perhaps.Print() ? perhaps : model;
                perhaps = null;
                Assert.True(model.Print() == printed, $"seed {seed}, life {life}");
                Assert.True(tree.State.Zxid >= lastZxid, $"seed {seed}, life {life}: zxid {tree.State.Zxid} after {lastZxid}");
                for (int i = 0; i < 100; i++)
                {
                    TreeOperation[] operations = [TreeModel.RandomOperation(random)];
                    (TreeModel after, TreeError expected) = model.Apply(operations);
                    TreeError error = await TryAsync(session, operations);
                    if (error is TreeError.SystemError or TreeError.SessionExpired)
                    {
                        perhaps ??= error == TreeError.SystemError ? after : null;
                        break;
                    }

                    Assert.True(expected == error, $"seed {seed}, life {life}: {operations[0]} gave {error}, not {expected}");
                    model = after;
                    lastZxid = tree.State.Zxid;
                }
            }
            catch (IOException e) when (e.Message.Contains("the disk is dead", StringComparison.Ordinal))
            {
                // Cut while it opened.
            }

            folder = folder.AfterPowerCut(random);
        }
    }

    private int Seed()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int given) ? given : Random.Shared.Next();
        output.WriteLine($"SEED={seed}");
        return seed;
    }
}
