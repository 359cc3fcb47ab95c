using System.Globalization;
using System.Text.Json;

namespace KLog.Coordination.Registries;

/// <summary>
/// Where a partition's replicas are, the preferred leader first; those on their way in and out are among them while a
/// reassignment runs (KIP-455).
/// </summary>
public sealed record ReplicaAssignment(IReadOnlyList<int> Replicas, IReadOnlyList<int> Adding, IReadOnlyList<int> Removing)
{
    public ReplicaAssignment(IReadOnlyList<int> replicas)
        : this(replicas, [], [])
    {
    }
}

/// <summary>A topic as it is in /brokers/topics/(name), version 3. Version 1 and 2 have no id, and 1 no reassignment.</summary>
/// <remarks>Partitions are by number. <see cref="NodeVersion"/> is the node's, for whoever changes it.</remarks>
public sealed record TopicAssignment(string Topic, Guid TopicId, IReadOnlyDictionary<int, ReplicaAssignment> Partitions, int NodeVersion = -1)
{
    public ReadOnlyMemory<byte> ToJson() => NodeJson.Write(json =>
    {
        WriteReplicas(json, "partitions", assignment => assignment.Replicas, always: true);
        json.WriteString("topic_id", UuidText.Format(TopicId));
        WriteReplicas(json, "adding_replicas", assignment => assignment.Adding, always: false);
        WriteReplicas(json, "removing_replicas", assignment => assignment.Removing, always: false);
        json.WriteNumber("version", 3);
    });

    internal static TopicAssignment FromJson(string topic, string path, Node node) => NodeJson.Read(path, node.Data, json =>
    {
        Dictionary<int, int[]> adding = ReadReplicas(json.Optional("adding_replicas"));
        Dictionary<int, int[]> removing = ReadReplicas(json.Optional("removing_replicas"));
        var partitions = new SortedDictionary<int, ReplicaAssignment>();
        foreach ((int partition, int[] replicas) in ReadReplicas(json.GetProperty("partitions")))
        {
            partitions.Add(partition, new ReplicaAssignment(replicas, adding.GetValueOrDefault(partition, []), removing.GetValueOrDefault(partition, [])));
        }

        Guid id = json.Optional("topic_id") is { } text ? UuidText.Parse(text.GetString()!) : Guid.Empty;
        return new TopicAssignment(topic, id, partitions, node.Stat.Version);
    });

    private static Dictionary<int, int[]> ReadReplicas(JsonElement? partitions)
    {
        var read = new Dictionary<int, int[]>();
        if (partitions is { } all)
        {
            foreach (JsonProperty partition in all.EnumerateObject())
            {
                read.Add(int.Parse(partition.Name, CultureInfo.InvariantCulture), partition.Value.Int32s());
            }
        }

        return read;
    }

    private void WriteReplicas(Utf8JsonWriter json, string name, Func<ReplicaAssignment, IReadOnlyList<int>> replicas, bool always)
    {
        json.WriteStartObject(name);
        foreach ((int partition, ReplicaAssignment assignment) in Partitions.OrderBy(p => p.Key))
        {
            if (always || replicas(assignment).Count > 0)
            {
                json.WriteArray(partition.ToString(CultureInfo.InvariantCulture), replicas(assignment));
            }
        }

        json.WriteEndObject();
    }
}
