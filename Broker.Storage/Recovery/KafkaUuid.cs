using System.Buffers.Text;

namespace KLog.Broker.Storage;

/// <summary>Kafka's way to write a UUID: its 16 bytes in network order, in base64 for URLs, without padding.</summary>
public static class KafkaUuid
{
    private const int TextLength = 22;

    public static string ToText(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    /// <summary>Null when the text is not one.</summary>
    public static Guid? Parse(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        return text.Length == TextLength
            && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out int written)
            && written == bytes.Length
            ? new Guid(bytes, bigEndian: true)
            : null;
    }
}
