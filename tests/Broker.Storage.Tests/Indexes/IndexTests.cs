using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Indexes;

public class IndexTests(ITestOutputHelper output)
{
    [Fact]
    public void Lookups_agree_with_a_linear_scan()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 200; round++)
        {
            long baseOffset = random.NextInt64(1L << 40);
            int count = random.Next(60);
            byte[] offsets = new byte[count * OffsetIndex.EntrySize];
            byte[] times = new byte[count * TimeIndex.EntrySize];
            List<(long Offset, int Position, long Time)> entries = [];
            (int offset, int position, long time) = (0, 0, 1000);
            for (int i = 0; i < count; i++)
            {
                offset += 1 + random.Next(5);
                position += 1 + random.Next(5000);
                time += 1 + random.Next(5);
                OffsetIndex.Write(offsets.AsSpan(i * OffsetIndex.EntrySize), offset, position);
                TimeIndex.Write(times.AsSpan(i * TimeIndex.EntrySize), time, offset);
                entries.Add((baseOffset + offset, position, time));
            }

            OffsetIndex offsetIndex = new(offsets, baseOffset);
            TimeIndex timeIndex = new(times, baseOffset);
            Assert.True(offsetIndex.IsPlausible(position + 1) && timeIndex.IsPlausible());
            for (long at = baseOffset; at < baseOffset + offset + 3; at++)
            {
                (long Offset, int Position, long Time) found = entries.LastOrDefault(entry => entry.Offset <= at, (baseOffset, 0, 0));
                Assert.Equal(new OffsetPosition(found.Offset, found.Position), offsetIndex.Floor(at));
            }

            for (long at = 995; at < time + 3; at++)
            {
                (long Offset, int Position, long Time) found = entries.LastOrDefault(entry => entry.Time <= at, (baseOffset, 0, -1));
                Assert.Equal(new TimestampOffset(found.Time, found.Offset), timeIndex.Floor(at));
            }
        }
    }

    [Fact]
    public void Zeroes_of_a_preallocated_file_are_not_entries()
    {
        byte[] offsets = new byte[80];
        OffsetIndex.Write(offsets, 3, 100);
        OffsetIndex.Write(offsets.AsSpan(8), 5, 200);
        Assert.Equal(16, OffsetIndex.UsedLength(offsets));
        byte[] times = new byte[120];
        TimeIndex.Write(times, 77, 3);
        Assert.Equal(12, TimeIndex.UsedLength(times));
        Assert.Equal(0, TimeIndex.UsedLength(new byte[36]));
    }
}
