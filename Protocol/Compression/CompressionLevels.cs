using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>The compression levels that Kafka's configuration allows (KIP-390); snappy has none.</summary>
public static class CompressionLevels
{
    /// <summary>zlib's own choice, and the only gzip level outside 1 to 9.</summary>
    public const int GzipDefault = -1;

    public const int GzipMin = 1;

    public const int GzipMax = 9;

    public const int Lz4Default = 9;

    public const int Lz4Min = 1;

    public const int Lz4Max = 17;

    public const int ZstdDefault = 3;

    public const int ZstdMin = -131072;

    public const int ZstdMax = 22;

    public static int Default(CompressionType codec) => codec switch
    {
        CompressionType.Gzip => GzipDefault,
        CompressionType.Lz4 => Lz4Default,
        CompressionType.Zstd => ZstdDefault,
        _ => 0,
    };

    public static bool IsValid(CompressionType codec, int level) => codec switch
    {
        CompressionType.Gzip => level is GzipDefault or (>= GzipMin and <= GzipMax),
        CompressionType.Lz4 => level is >= Lz4Min and <= Lz4Max,
        CompressionType.Zstd => level is >= ZstdMin and <= ZstdMax,
        _ => level == 0,
    };
}
