using System.Buffers.Text;
using System.Reflection;
using System.Text.Json.Nodes;
using KLog.Protocol.Tests.Definitions;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Messages;

/// <summary>
/// A message as JSON, in the form of Kafka's own converters (the ones behind its request log): names in camel case, ids
/// and bytes in base 64, of records their size only.
/// </summary>
internal static class MessageJson
{
    /// <summary>All fields, also those that no version in question has: for comparing two objects of ours.</summary>
    public static string Whole(object message) => Struct(message, null).ToJsonString();

    /// <summary>The fields of one version, tagged fields only where they are set: for comparing with Kafka's.</summary>
    public static JsonNode Of(object message, short version) => Struct(message, version);

    private static JsonObject Struct(object value, short? version)
    {
        var json = new JsonObject();
        object fresh = Activator.CreateInstance(value.GetType())!;
        foreach ((PropertyInfo property, FieldAttribute field) in MessageTypes.Fields(value.GetType()))
        {
            if (version is { } v && !Versions.Parse(field.Versions).Contains(v))
            {
                continue;
            }

            bool isRecords = property.PropertyType == typeof(KLog.Protocol.Wire.Records?) || property.PropertyType == typeof(KLog.Protocol.Wire.Records);
            object? held = property.GetValue(value);
            string name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..] + (isRecords && held is not null && version is not null ? "SizeInBytes" : "");
            JsonNode? node = Node(held, version);
            bool tagged = version is { } w && Versions.Parse(field.Tagged).Contains(w);
            if (tagged && JsonNode.DeepEquals(node, Node(property.GetValue(fresh), version)))
            {
                continue;
            }

            json.Add(name, node);
        }

        return json;
    }

    private static JsonNode? Node(object? value, short? version) => value switch
    {
        null => null,
        bool or sbyte or short or ushort or int or uint or long or double => JsonValue.Create((dynamic)value),
        ErrorCode code => (short)code,
        string text => text,
        Guid id => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true)),
        ReadOnlyMemory<byte> bytes => Convert.ToBase64String(bytes.Span),
        KLog.Protocol.Wire.Records records => version is null ? Convert.ToBase64String(records.Bytes.Span) : records.Length,
        Array array => new JsonArray(array.Cast<object>().Select(element => Node(element, version)).ToArray()),
        _ => Struct(value, version),
    };
}
