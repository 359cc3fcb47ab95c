using System.Globalization;
using System.Text;

namespace KLog.Coordination.Registries;

/// <summary>
/// A term as controller. Each write of a controller goes in one multi with <see cref="Check"/>, so that one that was replaced
/// without knowing it writes nothing: it gets BadVersion.
/// </summary>
public readonly record struct ControllerFence(int Epoch, int EpochNodeVersion)
{
    public TreeOperation Check => new TreeOperation.Check(Paths.ControllerEpoch, EpochNodeVersion);
}

/// <summary>Who the controller is, /controller, version 2, and how many there have been, /controller_epoch.</summary>
public sealed class ControllerRegistry(ICoordinationTree tree)
{
    /// <summary>The first controller's epoch is 1.</summary>
    public const int EpochBeforeFirst = 0;

    /// <summary>
    /// Makes this broker the controller, or returns null when there is one already, or another was quicker.
    /// </summary>
    public async Task<ControllerFence?> ElectAsync(int brokerId, long nowMs, CancellationToken cancellation = default)
    {
        Node epoch = await EpochAsync(cancellation);
        int next = ParseEpoch(epoch.Data) + 1;
        ReadOnlyMemory<byte> data = NodeJson.Write(json =>
        {
            json.WriteNumber("version", 2);
            json.WriteNumber("brokerid", brokerId);
            json.WriteString("timestamp", nowMs.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("kraftControllerEpoch", -1);
        });
        try
        {
            await tree.MultiAsync(
                [
                    new TreeOperation.Create(Paths.Controller, data, CreateMode.Ephemeral),
                    new TreeOperation.SetData(Paths.ControllerEpoch, Text(next), epoch.Stat.Version),
                ],
                cancellation);
            return new ControllerFence(next, epoch.Stat.Version + 1);
        }
        catch (TreeException e) when (e.Error is TreeError.NodeExists or TreeError.BadVersion)
        {
            return null;
        }
    }

    /// <summary>The controller's broker id, or null when there is none. The watch fires when that changes.</summary>
    public async Task<int?> FindAsync(Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        // Exists leaves its watch also where there is no node; the read after it may find another state, and the watch tells.
        await tree.ExistsAsync(Paths.Controller, watch, cancellation);
        return await tree.FindAsync(Paths.Controller, null, cancellation) is { } node
            ? NodeJson.Read(Paths.Controller, node.Data, json => json.GetProperty("brokerid").GetInt32())
            : null;
    }

    /// <summary>Gives the controllership up, if the term is still the current one.</summary>
    public async Task ResignAsync(ControllerFence fence, CancellationToken cancellation = default)
    {
        try
        {
            await tree.MultiAsync([fence.Check, new TreeOperation.Delete(Paths.Controller)], cancellation);
        }
        catch (TreeException e) when (e.Error is TreeError.NoNode or TreeError.BadVersion)
        {
            // Somebody else's term already.
        }
    }

    private async Task<Node> EpochAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await tree.FindAsync(Paths.ControllerEpoch, null, cancellation) is { } node)
            {
                return node;
            }

            try
            {
                await tree.CreateAsync(Paths.ControllerEpoch, Text(EpochBeforeFirst), CreateMode.Persistent, cancellation);
            }
            catch (TreeException e) when (e.Error == TreeError.NodeExists)
            {
                // Another broker starts too.
            }
        }
    }

    private static int ParseEpoch(ReadOnlyMemory<byte> data) =>
        int.TryParse(data.Span, NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            ? epoch
            : throw new InvalidDataException($"{Paths.ControllerEpoch} does not hold a number");

    private static byte[] Text(int number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
