using System.Text.Json;

namespace KLog.Coordination.Registries;

/// <summary>
/// A partition's leadership as it is in …/partitions/(n)/state, version 1. The leader −1 is none. The node's version is what
/// Kafka calls the partition epoch (zkVersion).
/// </summary>
public sealed record PartitionState(int Leader, int LeaderEpoch, IReadOnlyList<int> Isr, int ControllerEpoch, int NodeVersion = 0)
{
    public const int NoLeader = -1;

    public ReadOnlyMemory<byte> ToJson() => NodeJson.Write(json =>
    {
        json.WriteNumber("controller_epoch", ControllerEpoch);
        json.WriteNumber("leader", Leader);
        json.WriteNumber("version", 1);
        json.WriteNumber("leader_epoch", LeaderEpoch);
        json.WriteArray("isr", Isr);
    });

    internal static PartitionState FromJson(string path, Node node) => NodeJson.Read(path, node.Data, (JsonElement json) => new PartitionState(
        json.GetProperty("leader").GetInt32(),
        json.GetProperty("leader_epoch").GetInt32(),
        json.GetProperty("isr").Int32s(),
        json.GetProperty("controller_epoch").GetInt32(),
        node.Stat.Version));
}
