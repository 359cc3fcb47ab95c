using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KLog.Coordination.Registries;

/// <summary>Reads and writes the JSON in nodes. What is no such JSON throws <see cref="InvalidDataException"/> with the path.</summary>
internal static class NodeJson
{
    // A node is no web page: only what JSON itself wants is escaped, as Kafka's own writer does.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Plain))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    public static T Read<T>(string path, ReadOnlyMemory<byte> data, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(data);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"{path} does not hold what belongs there: {e.Message}", e);
        }
    }

    public static void WriteArray(this Utf8JsonWriter writer, string name, IEnumerable<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    public static int[] Int32s(this JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];

    /// <summary>A property that may be missing or null.</summary>
    public static JsonElement? Optional(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
