using System.IO.Compression;
using System.Runtime.InteropServices;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// How a batch's records are compressed: the name that users type, Kafka's number, and the compressor, which runs once a
/// run and by the reference libraries themselves.
/// </summary>
internal sealed unsafe partial record BatchCodec(string Name, short Id, Func<byte[], byte[]> Compress)
{
    private const int ZstdDefaultLevel = 3;

    internal static readonly BatchCodec None = new("none", 0, bytes => bytes);
    internal static readonly BatchCodec Gzip = new("gzip", 1, CompressGzip);
    internal static readonly BatchCodec Lz4 = new("lz4", 3, CompressLz4);
    internal static readonly BatchCodec Zstd = new("zstd", 4, CompressZstd);

    private static byte[] CompressGzip(byte[] bytes)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>One frame. Up to 64 KiB it is one block, so that Kafka, which refuses linked blocks, reads it.</summary>
    private static byte[] CompressLz4(byte[] bytes)
    {
        byte[] compressed = new byte[Lz4Bound((nuint)bytes.Length, null)];
        fixed (byte* to = compressed, from = bytes)
        {
            return compressed[..(int)Lz4Compress(to, (nuint)compressed.Length, from, (nuint)bytes.Length, null)];
        }
    }

    private static byte[] CompressZstd(byte[] bytes)
    {
        byte[] compressed = new byte[ZstdBound((nuint)bytes.Length)];
        fixed (byte* to = compressed, from = bytes)
        {
            return compressed[..(int)ZstdCompressBlock(to, (nuint)compressed.Length, from, (nuint)bytes.Length, ZstdDefaultLevel)];
        }
    }

    [LibraryImport("liblz4.so.1", EntryPoint = "LZ4F_compressFrameBound")]
    private static partial nuint Lz4Bound(nuint length, void* preferences);

    [LibraryImport("liblz4.so.1", EntryPoint = "LZ4F_compressFrame")]
    private static partial nuint Lz4Compress(byte* to, nuint capacity, byte* from, nuint length, void* preferences);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compressBound")]
    private static partial nuint ZstdBound(nuint length);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compress")]
    private static partial nuint ZstdCompressBlock(byte* to, nuint capacity, byte* from, nuint length, int level);
}
