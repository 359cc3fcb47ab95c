using System.Globalization;
using System.Text.Json;

namespace KLog.Coordination.Registries;

/// <summary>
/// Dynamic configs, /config/(type)/(entity), version 1, and the notifications of their changes, /config/changes, version 2.
/// </summary>
public sealed class ConfigRegistry(ICoordinationTree tree)
{
    public const string Topics = "topics";
    public const string Brokers = "brokers";
    public const string Clients = "clients";
    public const string Users = "users";
    public const string Ips = "ips";

    /// <summary>Kafka has groups' configs since its 4.0, which has no ZooKeeper: the name is its own, the place is where it would be.</summary>
    public const string Groups = "groups";

    /// <summary>The entity whose configs hold for all that have none of their own.</summary>
    public const string Default = "<default>";

    /// <summary>An entity's own configs; empty where it has none.</summary>
    public async Task<IReadOnlyDictionary<string, string>> GetAsync(string type, string entity, CancellationToken cancellation = default)
    {
        string path = Paths.ConfigEntity(type, NodeName(type, entity));
        return await tree.FindAsync(path, null, cancellation) is { Data.Length: > 0 } node
            ? FromJson(path, node.Data)
            : new Dictionary<string, string>();
    }

    /// <summary>The entities of a type that have configs.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string type, CancellationToken cancellation = default) =>
        [.. (await tree.ListAsync(Paths.ConfigEntities(type), null, cancellation)).Select(name => EntityName(type, name))];

    /// <summary>Replaces an entity's configs, then tells every broker.</summary>
    public async Task SetAsync(string type, string entity, IReadOnlyDictionary<string, string> configs, CancellationToken cancellation = default)
    {
        string name = NodeName(type, entity);
        await tree.SetOrCreateAsync(Paths.ConfigEntity(type, name), ToJson(configs), cancellation);
        ReadOnlyMemory<byte> notice = NodeJson.Write(json =>
        {
            json.WriteNumber("version", 2);
            json.WriteString("entity_path", $"{type}/{name}");
        });
        await tree.CreateAsync(Paths.ConfigChangePrefix, notice, CreateMode.Sequential, cancellation);
    }

    /// <summary>
    /// The notifications after a given one, in their order, and the watch for further ones. Who starts reads the configs
    /// themselves first, and begins behind the last notification there was before.
    /// </summary>
    public async Task<IReadOnlyList<ConfigChange>> ListChangesAsync(long after, Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        var changes = new List<ConfigChange>();
        foreach (string name in (await tree.ListAsync(Paths.ConfigChanges, watch, cancellation)).Order(StringComparer.Ordinal))
        {
            long number = long.Parse(name.AsSpan(name.LastIndexOf('_') + 1), CultureInfo.InvariantCulture);
            string path = NodePath.Child(Paths.ConfigChanges, name);
            if (number > after && await tree.FindAsync(path, null, cancellation) is { } node)
            {
                changes.Add(NodeJson.Read(path, node.Data, json => ConfigChange.Parse(number, json, node.Stat.CreatedMs)));
            }
        }

        return changes;
    }

    /// <summary>Removes notifications that every broker has had the time to see.</summary>
    public async Task PurgeChangesAsync(long madeBeforeMs, CancellationToken cancellation = default)
    {
        foreach (string name in await tree.ListAsync(Paths.ConfigChanges, null, cancellation))
        {
            string path = NodePath.Child(Paths.ConfigChanges, name);
            if (await tree.ExistsAsync(path, cancellation: cancellation) is { } stat && stat.CreatedMs < madeBeforeMs)
            {
                try
                {
                    await tree.DeleteAsync(path, cancellation: cancellation);
                }
                catch (TreeException e) when (e.Error == TreeError.NoNode)
                {
                    // Another broker purges too.
                }
            }
        }
    }

    /// <summary>
    /// A group may be named in any way, a node may not: Kafka's way to write users and clients, percent signs and all. A
    /// name of dots alone would be a path.
    /// </summary>
    private static string NodeName(string type, string entity) => type != Groups
        ? entity
        : entity.Trim('.').Length == 0 ? entity.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(entity);

    internal static string EntityName(string type, string node) => type == Groups ? Uri.UnescapeDataString(node) : node;

    internal static ReadOnlyMemory<byte> ToJson(IReadOnlyDictionary<string, string> configs) => NodeJson.Write(json =>
    {
        json.WriteNumber("version", 1);
        json.WriteStartObject("config");
        foreach ((string name, string value) in configs.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    });

    private static Dictionary<string, string> FromJson(string path, ReadOnlyMemory<byte> data) => NodeJson.Read(path, data, json =>
    {
        var configs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty config in json.GetProperty("config").EnumerateObject())
        {
            configs.Add(config.Name, config.Value.GetString()!);
        }

        return configs;
    });
}

/// <summary>Whose configs have changed, and the number of the notification that says so.</summary>
public sealed record ConfigChange(long Number, string Type, string Entity, long MadeMs)
{
    internal static ConfigChange Parse(long number, JsonElement json, long madeMs)
    {
        string[] path = json.GetProperty("entity_path").GetString()!.Split('/', 2);
        return path.Length == 2 ? new ConfigChange(number, path[0], ConfigRegistry.EntityName(path[0], path[1]), madeMs) : throw new FormatException($"'{path[0]}' is no entity");
    }
}
