using System.Buffers.Text;

namespace KLog.Coordination.Registries;

/// <summary>Topic ids and cluster ids as Kafka writes them: 16 bytes, big-endian, as URL-safe base64 without padding, 22 characters.</summary>
public static class UuidText
{
    private const int Size = 16;

    public static string Format(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    /// <summary>Throws <see cref="FormatException"/> when this is no id.</summary>
    public static Guid Parse(string text)
    {
        byte[] bytes = Base64Url.DecodeFromChars(text);
        return bytes.Length == Size ? new Guid(bytes, bigEndian: true) : throw new FormatException($"'{text}' is no id of {Size} bytes");
    }

    /// <summary>A random id that Kafka takes too: not one of its reserved ones, and not starting with '-', which tools take for an option.</summary>
    public static Guid NewId()
    {
        while (true)
        {
            var id = Guid.NewGuid();
            if (Format(id)[0] != '-')
            {
                return id;
            }
        }
    }
}
