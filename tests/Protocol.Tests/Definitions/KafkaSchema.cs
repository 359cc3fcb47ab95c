using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using KLog.Protocol.Wire;
using KLog.Tests;

namespace KLog.Protocol.Tests.Definitions;

/// <summary>One message definition out of a clients' jar of Kafka (JSON with comments).</summary>
internal sealed class KafkaSchema
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly Dictionary<string, Dictionary<string, KafkaSchema>> Jars = [];

    private readonly JsonElement _root;
    private readonly Dictionary<string, JsonElement> _structs = [];

    private KafkaSchema(JsonElement root)
    {
        _root = root;
        CollectStructs(root);
    }

    public short? ApiKey => _root.TryGetProperty("apiKey", out JsonElement key) ? key.GetInt16() : null;

    /// <summary>Empty where the request was removed, and only its name is left.</summary>
    public VersionRange ValidVersions => Versions.Parse(Text(_root, "validVersions"));

    public VersionRange FlexibleVersions => Versions.Parse(Text(_root, "flexibleVersions"));

    /// <summary>Null where this version of Kafka has no such message.</summary>
    public static KafkaSchema? Find(string kafkaVersion, string name)
    {
        lock (Jars)
        {
            if (!Jars.TryGetValue(kafkaVersion, out Dictionary<string, KafkaSchema>? schemas))
            {
                Jars.Add(kafkaVersion, schemas = Load(KafkaHome.ClientsJar(kafkaVersion)));
            }

            return schemas.GetValueOrDefault(name);
        }
    }

    public string Describe(short version)
    {
        var lines = new List<string> { FlexibleVersions.Contains(version) ? "flexible" : "not flexible" };
        Fields(_root, version, ValidVersions, 0, lines);
        return string.Join('\n', lines);
    }

    private static Dictionary<string, KafkaSchema> Load(string jar)
    {
        var schemas = new Dictionary<string, KafkaSchema>();
        using ZipArchive zip = ZipFile.OpenRead(jar);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => e.FullName.StartsWith("common/message/", StringComparison.Ordinal) && e.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using Stream stream = entry.Open();
            using var document = JsonDocument.Parse(stream, WithComments);
            schemas.Add(Path.GetFileNameWithoutExtension(entry.Name), new KafkaSchema(document.RootElement.Clone()));
        }

        return schemas;
    }

    private void CollectStructs(JsonElement element)
    {
        if (element.TryGetProperty("commonStructs", out JsonElement structs))
        {
            foreach (JsonElement common in structs.EnumerateArray())
            {
                _structs.TryAdd(Text(common, "name")!, common);
                CollectStructs(common);
            }
        }

        foreach (JsonElement field in FieldsOf(element))
        {
            if (field.TryGetProperty("fields", out _))
            {
                _structs.TryAdd(Text(field, "type")!.Replace("[]", "", StringComparison.Ordinal), field);
                CollectStructs(field);
            }
        }
    }

    private void Fields(JsonElement element, short version, VersionRange among, int depth, List<string> lines)
    {
        foreach (JsonElement field in FieldsOf(element))
        {
            VersionRange versions = Versions.Parse(Text(field, "versions"));
            if (!versions.Contains(version))
            {
                continue;
            }

            string type = Text(field, "type")!;
            string elementType = type.Replace("[]", "", StringComparison.Ordinal);
            bool isStruct = char.IsUpper(elementType[0]);
            string wireType = isStruct ? type.Replace(elementType, "struct", StringComparison.Ordinal) : type;
            VersionRange flexible = Text(field, "flexibleVersions") is { } own ? Versions.Parse(own) : FlexibleVersions;
            var line = new SchemaLine(Text(field, "name")!, wireType, Default(field, wireType))
            {
                Nullable = Versions.Parse(Text(field, "nullableVersions")).Contains(version),
                Tag = Versions.Parse(Text(field, "taggedVersions")).Contains(version) ? field.GetProperty("tag").GetInt32() : null,
                Ignorable = Text(field, "ignorable") is "True" or "true" && !Versions.Covers(versions, among),
                Flexible = flexible.Contains(version),
            };
            lines.Add(line.ToString(depth));
            if (isStruct)
            {
                Fields(_structs[elementType], version, Versions.Common(among, versions), depth + 1, lines);
            }
        }
    }

    /// <summary>A removed request's definition has none.</summary>
    private static JsonElement.ArrayEnumerator FieldsOf(JsonElement element) =>
        element.TryGetProperty("fields", out JsonElement fields) ? fields.EnumerateArray() : default;

    /// <summary>What Kafka's own generator takes as the default where the definition says nothing.</summary>
    private static string Default(JsonElement field, string wireType)
    {
        string text = Text(field, "default") ?? "";
        if (text == "null" || wireType == "records")
        {
            return "null";
        }

        return wireType switch
        {
            "string" => $"\"{text}\"",
            "bytes" => "[]",
            "struct" => "new",
            "bool" => text.Length == 0 ? "false" : text.ToLowerInvariant(),
            _ when wireType.StartsWith("[]", StringComparison.Ordinal) => "[]",
            _ when text.StartsWith("0x", StringComparison.Ordinal) => long.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            _ => text.Length == 0 ? "0" : text,
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
}
