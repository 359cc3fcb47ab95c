using KLog.Protocol.Compression;
using KLog.Protocol.Records;
using KLog.Protocol.Tests.Records;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Compression;

public sealed class CodecTests(ITestOutputHelper output)
{
    private static readonly CompressionType[] All =
        [CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    public static TheoryData<CompressionType> Codecs => new(All);

    public static TheoryData<CompressionType, int> Levels => new()
    {
        { CompressionType.Gzip, -1 }, { CompressionType.Gzip, 1 }, { CompressionType.Gzip, 9 },
        { CompressionType.Lz4, 1 }, { CompressionType.Lz4, 9 }, { CompressionType.Lz4, 17 },
        { CompressionType.Zstd, -131072 }, { CompressionType.Zstd, 3 }, { CompressionType.Zstd, 22 },
    };

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_is_compressed_comes_back_whatever_its_size_and_pieces(CompressionType codec)
    {
        Random random = Seeds.New(output);
        foreach (int size in (int[])[0, 1, 100, 32_768, 65_536, 65_537, 400_000, 1_000_000])
        {
            byte[] content = Content(random, size);
            byte[] compressed = Compress(codec, CompressionLevels.Default(codec), content, random);

            Assert.Equal(content, Decompress(codec, compressed, size + 1, 1 << 22));
            Assert.Equal(content, Decompress(codec, compressed, size + 1, random.Next(1, 100_000)));
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Every_level_that_kafka_allows_works(CompressionType codec, int level)
    {
        Assert.True(CompressionLevels.IsValid(codec, level));
        Random random = Seeds.New(output);
        byte[] content = Content(random, 100_000);

        byte[] compressed = Compress(codec, level, content, random);

        Assert.Equal(content, Decompress(codec, compressed, content.Length, 1 << 18));
    }

    [Theory]
    [InlineData(CompressionType.Gzip, 0)]
    [InlineData(CompressionType.Gzip, 10)]
    [InlineData(CompressionType.Gzip, -2)]
    [InlineData(CompressionType.Snappy, 1)]
    [InlineData(CompressionType.Lz4, 0)]
    [InlineData(CompressionType.Lz4, 18)]
    [InlineData(CompressionType.Zstd, 23)]
    [InlineData(CompressionType.Zstd, -131073)]
    public void A_level_that_kafka_refuses_is_invalid(CompressionType codec, int level) =>
        Assert.False(CompressionLevels.IsValid(codec, level));

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Garbage_is_an_error_or_bytes_and_nothing_else(CompressionType codec)
    {
        Random random = Seeds.New(output);
        byte[] good = Compress(codec, CompressionLevels.Default(codec), Content(random, 5000), random);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = (i % 3) == 0 ? random.Bytes(random.Next(100)) : (byte[])good.Clone();
            for (int flips = random.Next(1, 5); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Decompress(codec, bytes.AsMemory(0, random.Next(bytes.Length + 1)), 100_000, random.Next(1, 20_000));
            }
            catch (CorruptCompressionException)
            {
            }
        }
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_stream_that_is_cut_short_is_corrupt(CompressionType codec)
    {
        Random random = Seeds.New(output);
        byte[] compressed = Compress(codec, CompressionLevels.Default(codec), Content(random, 50_000), random);
        for (int i = 0; i < 50; i++)
        {
            int length = random.Next(1, compressed.Length - 8);

            Assert.Throws<CorruptCompressionException>(() => Decompress(codec, compressed.AsMemory(0, length), 50_000, 1 << 18));
            Assert.Throws<CorruptCompressionException>(() => Decompress(codec, compressed.AsMemory(0, length), 50_000, 1000));
        }
    }

    [Fact]
    public void What_follows_a_gzip_member_or_an_lz4_frame_is_ignored_as_kafka_does()
    {
        foreach (CompressionType codec in (CompressionType[])[CompressionType.Gzip, CompressionType.Lz4])
        {
            byte[] compressed = [.. Compress(codec, CompressionLevels.Default(codec), "content"u8.ToArray(), new Random(1)), 1, 2, 3];

            Assert.Equal("content"u8, Decompress(codec, compressed, 100, 100));
        }
    }

    [Fact]
    public void Gzip_members_and_zstd_frames_follow_each_other()
    {
        foreach (CompressionType codec in (CompressionType[])[CompressionType.Gzip, CompressionType.Zstd])
        {
            byte[] one = Compress(codec, CompressionLevels.Default(codec), "content"u8.ToArray(), new Random(1));

            Assert.Equal("contentcontent"u8, Decompress(codec, (byte[])[.. one, .. one], 100, 100));
            Assert.Equal("contentcontent"u8, Decompress(codec, (byte[])[.. one, .. one], 100, 3));
        }
    }

    [Fact]
    public void A_zstd_stream_of_no_bytes_is_an_empty_one() =>
        Assert.Empty(Decompress(CompressionType.Zstd, default, 10, 10));

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    public void A_stream_of_no_bytes_is_corrupt_for_the_other_codecs(CompressionType codec) =>
        Assert.Throws<CorruptCompressionException>(() => Decompress(codec, default, 10, 10));

    [Fact]
    public void An_lz4_frame_of_linked_blocks_is_refused_as_kafka_does()
    {
        byte[] linked = Convert.FromHexString("04224d184040c0" + "00000000");
        byte[] independent = Convert.FromHexString("04224d18604082" + "00000000");

        Assert.Throws<CorruptCompressionException>(() => Decompress(CompressionType.Lz4, linked, 10, 10));
        Assert.Empty(Decompress(CompressionType.Lz4, independent, 10, 10));
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData((CompressionType)5)]
    public void What_is_no_codec_has_no_decompressor(CompressionType codec) =>
        Assert.ThrowsAny<SystemException>(() => Decompressor.Rent(codec));

    internal static byte[] Compress(CompressionType codec, int level, byte[] content, Random random)
    {
        using PooledOutput compressed = new(16);
        using Compressor compressor = Compressor.Rent(codec);
        compressor.Start(compressed, level);
        for (int at = 0; at < content.Length;)
        {
            int piece = Math.Min(random.Next(1, 100_000), content.Length - at);
            compressor.Write(content.AsSpan(at, piece));
            at += piece;
        }

        compressor.Finish();
        return compressed.Written.ToArray();
    }

    internal static byte[] Decompress(CompressionType codec, ReadOnlyMemory<byte> compressed, int max, int piece)
    {
        using Decompressor decompressor = Decompressor.Rent(codec);
        decompressor.Start(compressed);
        byte[] content = new byte[max + piece];
        int length = 0;
        while (length <= max)
        {
            int read = decompressor.Read(content.AsSpan(length, piece));
            length += read;
            if (read < piece)
            {
                break;
            }
        }

        return content[..length];
    }

    /// <summary>Half noise, half words: compressible, but not to nothing.</summary>
    private static byte[] Content(Random random, int size)
    {
        byte[] content = random.Bytes(size);
        for (int at = 0; at + 40 < size; at += 80)
        {
            content.AsSpan(0, 40).CopyTo(content.AsSpan(at));
        }

        return content;
    }
}
