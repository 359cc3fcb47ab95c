using System.Globalization;
using KLog.Conformance.Broker;
using KLog.Conformance.Wire;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Xunit.Abstractions;

namespace KLog.Conformance.Fuzz;

/// <summary>
/// 200,000 frames that no sane client sends, against a live broker. Meanwhile and afterwards it serves a sane one; it
/// stays within its memory, keeps no connection, and says at most one line a connection.
/// FUZZ_SEED repeats a run, FUZZ_FRAMES changes its length.
/// </summary>
[Collection(BadInputCollection.Name)]
public sealed class FuzzTests(BrokerUnderTest broker, ITestOutputHelper output)
{
    private const int Workers = 6;
    private const long ResidentBytesMax = 400L << 20;

    [Fact]
    public async Task No_frame_hurts_the_broker()
    {
        ulong seed = ulong.Parse(
            Environment.GetEnvironmentVariable("FUZZ_SEED") ?? $"{System.Random.Shared.NextInt64() & 0xffffffff}", CultureInfo.InvariantCulture);
        // A real Kafka is slow at this, and not what is tested.
        int frames = int.Parse(
            Environment.GetEnvironmentVariable("FUZZ_FRAMES") ?? (BrokerUnderTest.IsKLog ? "204000" : "12000"), CultureInfo.InvariantCulture);
        output.WriteLine($"FUZZ_SEED={seed} FUZZ_FRAMES={frames}");

        using WireClient client = new(broker.Port);
        Topic victim = await Topic.CreateAsync(client, partitions: 2);
        Topic watched = await Topic.CreateAsync(client);
        int openFiles = broker.Running.OpenFiles;
        int logBytes = broker.Output.Length;
        using CancellationTokenSource done = new();
        Task<int> saneClient = ServeAsync(watched, done.Token);
        FrameSource source = new(victim);
        FuzzConnection[] connections = [.. Enumerable.Range(0, Workers).Select(_ => new FuzzConnection(broker.Port))];
        await Task.WhenAll(connections.Select((c, i) => Task.Run(() => SendAllAsync(c, source, frames / Workers, seed + (ulong)i))));
        await done.CancelAsync();
        int served = await saneClient;
        foreach (FuzzConnection connection in connections)
        {
            connection.Dispose();
        }

        int opened = connections.Sum(c => c.Connections);
        (int answered, int closed, int waited) = connections.Select(c => c.Counts).Aggregate((a, b) => (a.Answered + b.Answered, a.Closed + b.Closed, a.Waited + b.Waited));
        output.WriteLine($"{answered} answered, {closed} closed, {waited} waited, {opened} connections, {served} rounds of the sane client, {broker.Running.ResidentBytes >> 20} MiB");
        Assert.True(answered + closed + waited >= frames * 0.98, $"{answered + closed + waited} frames were sent");
        Assert.True(answered > frames / 10 && closed > frames / 10, $"{answered} answered, {closed} closed");
        Assert.False(broker.Running.HasExited, broker.Output);
        Assert.True(served > 0);
        if (BrokerUnderTest.IsKLog)
        {
            Assert.True(broker.Running.ResidentBytes < ResidentBytesMax, $"{broker.Running.ResidentBytes >> 20} MiB");
            int said = broker.Output.Length - logBytes;
            Assert.True(said < (opened * 400) + 100_000, $"{said} bytes of log for {opened} connections:\n{broker.Output[^2000..]}");
        }

        await ConnectionsAreGoneAsync(openFiles);
    }

    private static async Task SendAllAsync(FuzzConnection connection, FrameSource source, int count, ulong seed)
    {
        System.Random random = new((int)seed);
        foreach (byte[] frame in source.Take(count, seed))
        {
            // Now and then the length itself lies.
            int length = random.Next(50) switch
            {
                0 => random.Next(int.MinValue, int.MaxValue),
                1 => Math.Max(0, frame.Length + random.Next(-20, 20)),
                _ => frame.Length,
            };
            await connection.SendAsync(frame, length);
        }
    }

    /// <summary>Produces and reads, and checks both, until it is told to stop. Returns how often.</summary>
    private async Task<int> ServeAsync(Topic topic, CancellationToken stop)
    {
        using WireClient client = new(broker.Port);
        int rounds = 0;
        while (!stop.IsCancellationRequested)
        {
            ProduceResponse produced = await client.SendAsync(Batches.Produce(topic, Batches.Of(1)), 9);
            Assert.Equal((ErrorCode.None, (long)rounds), (produced.Responses[0].PartitionResponses[0].ErrorCode, produced.Responses[0].PartitionResponses[0].BaseOffset));
            FetchResponse fetched = await client.SendAsync(Batches.Fetch(topic, rounds), 13);
            Assert.Equal((long)rounds, Batches.Offsets(fetched.Responses[0].Partitions[0].Records)[0]);
            rounds++;
            await Task.Delay(5, CancellationToken.None);
        }

        return rounds;
    }

    private async Task ConnectionsAreGoneAsync(int openFilesBefore)
    {
        int left = 0;
        for (int i = 0; i < 100; i++)
        {
            // Files of topics made meanwhile stay open, a few a partition.
            left = Directory.GetFileSystemEntries($"/proc/{broker.Running.Id}/fd").Count(f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
            if (left < 30)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail($"{left} sockets are left open; {openFilesBefore} files were open before");
    }
}
