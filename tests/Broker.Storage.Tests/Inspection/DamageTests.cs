using System.Text;
using KLog.Broker.Storage.Inspection;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol.Records;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Inspection;

/// <summary>Every file of a folder is damaged in every way, one at a time: it is found, and the file is named.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly TestStore _test = new(InspectedLog.Config);
    private readonly ITestOutputHelper _output;

    public DamageTests(ITestOutputHelper output)
    {
        _output = output;
        InspectedLog.Fill(_test, new Random(7));
        _test.Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        InspectedLog.IsWhole(_test.Path);
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Flipped_bits_in_the_header_of_a_batch()
    {
        foreach (string segment in FilesOf(".log"))
        {
            byte[] good = File.ReadAllBytes(segment);
            BatchSplitter batches = new(good);
            for (int at = 0; batches.MoveNext(); at++)
            {
                // Every third bit of some batches: the first, the last, and those between that stand for the rest.
                for (int bit = at % 3; bit < 8 * RecordBatchView.HeaderSize && (at % 13 == 0 || batches.NextPosition == good.Length); bit += 3)
                {
                    Finding[] damages = DamagesAfterFlip(segment, good, batches.Position + (bit / 8), bit % 8);
                    Assert.True(damages.Length > 0, $"bit {bit} of the batch at {batches.Position} of {segment}");
                    Assert.Contains(damages, damage => damage.File.StartsWith(_test.PartitionPath, StringComparison.Ordinal));
                    if (bit / 8 >= 21)
                    {
                        Assert.Equal((segment, batches.Position), (damages[0].File, damages[0].Position));
                        Assert.Equal(batches.Current.BaseOffset, damages[0].Offset);
                        Assert.Contains("CRC", damages[0].What, StringComparison.Ordinal);
                    }
                }
            }

            File.WriteAllBytes(segment, good);
        }
    }

    [Fact]
    public void Flipped_bits_anywhere_in_a_segment()
    {
        Random random = Seed.Random(_output);
        foreach (string segment in FilesOf(".log"))
        {
            byte[] good = File.ReadAllBytes(segment);
            for (int i = 0; i < 20; i++)
            {
                int position = random.Next(good.Length);
                Assert.True(DamagesAfterFlip(segment, good, position, random.Next(8)).Length > 0, $"{segment} at {position}");
            }

            File.WriteAllBytes(segment, good);
        }
    }

    [Fact]
    public void A_flipped_bit_in_an_index_is_found_or_does_no_harm()
    {
        int found = 0;
        int all = 0;
        foreach (string index in FilesOf(".index", ".timeindex"))
        {
            byte[] good = File.ReadAllBytes(index);
            for (int bit = 0; bit < 8 * good.Length; bit += 7)
            {
                Finding[] damages = DamagesAfterFlip(index, good, bit / 8, bit % 8);
                Assert.All(damages, damage => Assert.Equal(index, damage.File));
                Assert.True(damages.Length > 0 || DoesNoHarm(index), $"bit {bit} of {index}");
                found += damages.Length > 0 ? 1 : 0;
                all++;
            }

            File.WriteAllBytes(index, good);
        }

        Assert.True(found > all * 0.9, $"{found} of {all}");
    }

    [Fact]
    public void Flipped_bits_in_a_transaction_index_and_in_a_snapshot()
    {
        string[] files = FilesOf(".txnindex", ".snapshot");
        Assert.Contains(files, file => file.EndsWith(".txnindex", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith(".snapshot", StringComparison.Ordinal));
        foreach (string file in files)
        {
            byte[] good = File.ReadAllBytes(file);
            for (int bit = 0; bit < 8 * good.Length; bit += file.EndsWith(".txnindex", StringComparison.Ordinal) ? 3 : 29)
            {
                Finding[] damages = DamagesAfterFlip(file, good, bit / 8, bit % 8);
                Assert.True(damages.Any(damage => damage.File == file), $"bit {bit} of {file}: {string.Join('\n', damages.AsEnumerable())}");
            }

            File.WriteAllBytes(file, good);
        }
    }

    [Fact]
    public void Files_that_are_cut_short_at_every_structural_place()
    {
        (string Suffix, int Entry, int Header)[] kinds =
            [(".timeindex", 12, 0), (".txnindex", 34, 0), (".snapshot", 46, 10), (".log", 0, 0)];
        foreach ((string suffix, int entry, int header) in kinds)
        {
            foreach (string file in FilesOf(suffix).Where(file => new FileInfo(file).Length > 0))
            {
                byte[] good = File.ReadAllBytes(file);
                IEnumerable<int> lengths = entry > 0
                    ? Enumerable.Range(0, good.Length).Where(length => (length - header) % entry is 0 or 1 || length == good.Length - 1)
                    : Boundaries(good);
                foreach (int length in lengths)
                {
                    File.WriteAllBytes(file, good[..length]);
                    Assert.True(IsFoundOrNoted(), $"{file} cut at {length}");
                }

                File.WriteAllBytes(file, good);
            }
        }
    }

    [Fact]
    public void An_offset_index_that_ends_within_an_entry_or_is_missing()
    {
        foreach (string file in FilesOf(".index", ".timeindex"))
        {
            byte[] good = File.ReadAllBytes(file);
            File.WriteAllBytes(file, [.. good, 1]);
            Finding cut = Assert.Single(Damages());
            Assert.Equal((file, (long)good.Length), (cut.File, cut.Position));
            File.Delete(file);
            Finding missing = Assert.Single(Damages());
            Assert.Equal((file, "the file is missing"), (missing.File, missing.What));
            File.WriteAllBytes(file, good);
        }
    }

    [Fact]
    public void Text_files_with_wrong_lines()
    {
        string epochs = Path.Combine(_test.PartitionPath, "leader-epoch-checkpoint");
        IsDamaged(epochs, text => text.Replace("0\n", "1\n", StringComparison.Ordinal));
        IsDamaged(epochs, text => text[..(text.LastIndexOf('\n', text.Length - 2) + 1)]);
        IsDamaged(epochs, text => text.Insert(text.LastIndexOf(' '), "x"));
        IsDamaged(epochs, _ => "");
        IsDamaged(Path.Combine(_test.PartitionPath, "partition.metadata"), text => text.Replace("version: 0", "version: 9", StringComparison.Ordinal));
        IsDamaged(Path.Combine(_test.PartitionPath, "partition.metadata"), text => text[..^3]);
        foreach (string name in new[] { "recovery-point-offset-checkpoint", "replication-offset-checkpoint", "log-start-offset-checkpoint" })
        {
            string file = Path.Combine(_test.Path, name);
            IsDamaged(file, text => $"1{text[1..]}");
            IsDamaged(file, text => $"{text}topic 0 1 1\n");
            IsDamaged(file, text => $"{text}topic zero 1\n");
            IsDamaged(file, _ => "0\n");
            IsDamaged(file, _ => "0\n1\ntopic 0 99999\n", inPartition: true);
        }

        IsDamaged(Path.Combine(_test.Path, "recovery-point-offset-checkpoint"), _ => "0\n0\n", inPartition: true);
        IsDamaged(Path.Combine(_test.Path, ".kafka_cleanshutdown"), text => text[..^4]);
        File.WriteAllText(Path.Combine(_test.Path, "meta.properties"), "version=3\n");
        Assert.Contains(Damages(), damage => damage.File.EndsWith("meta.properties", StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_that_is_gone_or_whose_end_was_synced()
    {
        string last = FilesOf(".log").Max(StringComparer.Ordinal)!;
        byte[] good = File.ReadAllBytes(last);
        File.WriteAllBytes(last, []);
        Assert.Contains(Damages(), damage => damage.What.Contains("the log ends at offset", StringComparison.Ordinal));
        File.Delete(Path.Combine(_test.Path, ".kafka_cleanshutdown"));
        Assert.Contains(Damages(), damage => damage.What.Contains("had been synced", StringComparison.Ordinal));
        File.WriteAllBytes(last, good);
        Assert.Empty(Damages());
    }

    [Fact]
    public void Records_that_are_fewer_than_the_header_counts()
    {
        using RecordBatchBuilder builder = new(CompressionType.Zstd);
        builder.Append(1, "k"u8.ToArray(), "v"u8.ToArray());
        byte[] batch = builder.ToArray();
        string last = FilesOf(".log").Max(StringComparer.Ordinal)!;
        RecordBatchFields.SetBaseOffset(batch, new FileInfo(last).Length);
        batch[26] = 4; // The last offset delta, and with it the count of records.
        batch[60] = 5;
        RecordBatchFields.SetCrc(batch);
        byte[] good = File.ReadAllBytes(last);
        File.WriteAllBytes(last, [.. good, .. batch]);
        Assert.Contains(Damages(), damage => damage.Position == good.Length && damage.What.Contains("counts 5 records", StringComparison.Ordinal));
    }

    /// <summary>A segment that ends with a whole batch, before the next one starts, may have been compacted.</summary>
    private bool IsFoundOrNoted() => InspectedLog.Verify(_test.Path).Findings
        .Any(finding => finding.Kind == FindingKind.Damage || finding.What.Contains("or they are lost", StringComparison.Ordinal));

    private static IEnumerable<int> Boundaries(byte[] segment)
    {
        List<int> places = [];
        BatchSplitter batches = new(segment);
        while (batches.MoveNext())
        {
            places.AddRange([batches.Position, batches.Position + 7, batches.Position + 61, batches.NextPosition - 1]);
        }

        return places.Where((_, i) => i % 8 < 4);
    }

    /// <summary>Whether every offset, or time, is still found by what the index says.</summary>
    private static bool DoesNoHarm(string index)
    {
        (int relative, byte[] file) = (0, File.ReadAllBytes(index));
        long baseOffset = PartitionFolder.BaseOffsetOf(Path.GetFileName(index), Path.GetExtension(index));
        BatchSplitter batches = new(File.ReadAllBytes(Path.ChangeExtension(index, ".log")));
        long largest = -1;
        bool isOffsets = index.EndsWith(".index", StringComparison.Ordinal);
        for (; batches.MoveNext(); relative++)
        {
            RecordBatchView batch = batches.Current;
            if (isOffsets ? new OffsetIndex(file, baseOffset).Floor(batch.BaseOffset).Position > batches.Position
                : batch.MaxTimestamp > largest && new TimeIndex(file, baseOffset).Floor(batch.MaxTimestamp - 1).Offset > batch.LastOffset)
            {
                return false;
            }

            largest = Math.Max(largest, batch.MaxTimestamp);
        }

        return relative > 0;
    }

    private void IsDamaged(string file, Func<string, string> change, bool inPartition = false)
    {
        byte[] good = File.ReadAllBytes(file);
        File.WriteAllText(file, change(Encoding.UTF8.GetString(good)));
        Finding[] damages = Damages();
        Assert.True(damages.Any(damage => damage.File == (inPartition ? _test.PartitionPath : file) || damage.File.EndsWith(".log", StringComparison.Ordinal)), $"{file}: {string.Join('\n', damages.AsEnumerable())}");
        File.WriteAllBytes(file, good);
    }

    private Finding[] DamagesAfterFlip(string file, byte[] good, int position, int bit)
    {
        byte[] damaged = (byte[])good.Clone();
        damaged[position] ^= (byte)(1 << bit);
        File.WriteAllBytes(file, damaged);
        return Damages();
    }

    private Finding[] Damages() =>
        [.. InspectedLog.Verify(_test.Path).Findings.Where(finding => finding.Kind == FindingKind.Damage)];

    private string[] FilesOf(params string[] suffixes) =>
        [.. Directory.GetFiles(_test.PartitionPath).Where(file => suffixes.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal)];
}
