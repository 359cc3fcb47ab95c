using System.Diagnostics;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;
using KLog.Tests;

namespace KLog.Protocol.Tests.Records;

/// <summary>Batches of ours that kafka-clients reads, and batches of its that we read, where they are larger than vectors can be.</summary>
public sealed class JavaRoundTripTests
{
    private const string ReaderSource =
        """
        import java.nio.ByteBuffer;
        import java.util.*;
        import org.apache.kafka.common.compress.Compression;
        import org.apache.kafka.common.record.internal.*;

        public class RoundTrip {
            public static void main(String[] args) {
                Scanner in = new Scanner(System.in);
                while (in.hasNextLine()) {
                    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(in.nextLine()));
                    for (RecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
                        batch.ensureValid();
                        StringBuilder line = new StringBuilder(batch.compressionType().name());
                        for (org.apache.kafka.common.record.internal.Record r : batch) {
                            line.append(' ').append(r.offset()).append('/').append(r.timestamp()).append('/')
                                .append(r.keySize()).append('/').append(r.valueSize()).append('/').append(r.headers().length);
                        }
                        System.out.println(line);
                    }
                }
                byte[] value = new byte[300_000];
                new Random(1).nextBytes(value);
                Arrays.fill(value, 100_000, 200_000, (byte) 5);
                for (Compression c : List.of(Compression.NONE, Compression.gzip().build(), Compression.snappy().build(),
                        Compression.lz4().build(), Compression.lz4().level(12).build(), Compression.zstd().build(), Compression.zstd().level(19).build())) {
                    MemoryRecords records = MemoryRecords.withRecords(c, new SimpleRecord(1L, value), new SimpleRecord(2L, value), new SimpleRecord(3L, value));
                    byte[] written = new byte[records.buffer().remaining()];
                    records.buffer().get(written);
                    System.out.println(Base64.getEncoder().encodeToString(written));
                }
            }
        }
        """;

    [KafkaFact("java")]
    public async Task Each_side_reads_what_the_other_wrote()
    {
        string folder = Directory.CreateTempSubdirectory("klog-java-").FullName;
        try
        {
            List<string> lines = await RunAsync(folder, OurBatches());
            string[] read = [.. lines.Take(15)];
            foreach (CompressionType codec in Enum.GetValues<CompressionType>())
            {
                string name = codec.ToString().ToUpperInvariant();
                Assert.Equal($"{name} 7/1700000000000/5/29/2 8/1700000000123/-1/6/0 9/1699999999999/9/-1/0 10/1700000000050/0/0/0", read[(int)codec * 3]);
                Assert.Equal($"{name} 0/1/-1/700000/0 1/1/-1/1/0", read[((int)codec * 3) + 1]);
                Assert.Equal($"{name} 0/1/-1/0/0", read[((int)codec * 3) + 2]);
            }

            CompressionType[] written =
            [
                CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4,
                CompressionType.Lz4, CompressionType.Zstd, CompressionType.Zstd,
            ];
            Assert.Equal(15 + written.Length, lines.Count);
            for (int i = 0; i < written.Length; i++)
            {
                AssertHoldsThreeRecords(Convert.FromBase64String(lines[15 + i]), written[i]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<byte[]> OurBatches()
    {
        foreach (CompressionType codec in Enum.GetValues<CompressionType>())
        {
            using RecordBatchBuilder four = JavaVectors.Builder(codec);
            yield return four.ToArray();
            byte[] value = new Random(1).Bytes(700_000);
            value.AsSpan(100_000, 400_000).Fill(3);
            using RecordBatchBuilder large = new(codec);
            large.Append(1, null, value);
            large.Append(1, null, new byte[1]);
            yield return large.ToArray();
            using RecordBatchBuilder small = new(codec);
            small.Append(1, null, []);
            yield return small.ToArray();
        }
    }

    private static void AssertHoldsThreeRecords(byte[] batch, CompressionType codec)
    {
        RecordBatchView view = new(batch);
        Assert.True(view.IsCrcValid());
        Assert.Equal((codec, 3), (view.Compression, view.RecordCount));
        byte[] body = view.Body.ToArray();
        if (codec != CompressionType.None)
        {
            using Decompressor decompressor = Decompressor.Rent(codec);
            byte[] content = new byte[1 << 20];
            decompressor.Start(body);
            body = content[..decompressor.Read(content)];
        }

        RecordReader records = new(body, 3);
        while (records.MoveNext())
        {
            Assert.Equal(300_000, records.Value.Length);
            Assert.Equal(-1, records.Value[100_000..200_000].IndexOfAnyExcept((byte)5));
        }

        Assert.Equal((3, RecordFault.None), (records.Index, records.Fault));
    }

    private static async Task<List<string>> RunAsync(string folder, IEnumerable<byte[]> batches)
    {
        string source = Path.Combine(folder, "RoundTrip.java");
        await File.WriteAllTextAsync(source, ReaderSource);
        using Process java = Process.Start(new ProcessStartInfo("java", ["-Xmx256m", "-cp", $"{KafkaHome.Folder}/4.3.1/*", source])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = java.StandardOutput.ReadToEndAsync();
        Task<string> errors = java.StandardError.ReadToEndAsync();
        foreach (byte[] batch in batches)
        {
            await java.StandardInput.WriteLineAsync(Convert.ToBase64String(batch));
        }

        java.StandardInput.Close();
        await java.WaitForExitAsync();
        Assert.True(java.ExitCode == 0, await errors);
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
