using System.Net;
using KLog.Protocol;

namespace KLog.Bench.Throughput.Load;

/// <summary>Topics of the benchmark on one broker: each has a name of its own, and is deleted when it is done with.</summary>
internal static class TopicAccess
{
    /// <summary>What a slow broker on a busy machine still makes.</summary>
    private const int PartitionsPerSecondMin = 40;

    private static readonly TimeSpan LeaderTimeMax = TimeSpan.FromSeconds(60);
    private static int s_made;

    /// <summary>Makes a topic, and waits until all its partitions have leaders.</summary>
    internal static BenchTopic Create(
        IPEndPoint broker, int partitions, (string Name, string Value)[] configs, CancellationToken cancellation)
    {
        string name = $"klog-bench-{Environment.ProcessId}-{++s_made:d4}";
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(
            LeaderTimeMax + TimeSpan.FromSeconds(partitions / PartitionsPerSecondMin));
        using ControlConnection control = new(broker);
        ErrorCode error;
        while ((error = control.CreateTopic(name, partitions, configs)) is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            WaitOrGiveUp(giveUp, $"topic {name} cannot be made: {error}", cancellation);
        }

        IPEndPoint[]? leaders;
        while ((leaders = control.FindLeaders(name)) is null || leaders.Length < partitions)
        {
            WaitOrGiveUp(giveUp, $"topic {name} has no leaders", cancellation);
        }

        BenchTopic topic = new(name, broker, leaders);
        while (topic.FindEndOffsets() is null)
        {
            WaitOrGiveUp(giveUp, $"topic {name} is not served", cancellation);
        }

        return topic;
    }

    internal static void WaitOrGiveUp(long giveUp, string reason, CancellationToken cancellation)
    {
        if (LoadClock.Now > giveUp)
        {
            throw new LoadException(reason);
        }

        cancellation.WaitHandle.WaitOne(5);
        cancellation.ThrowIfCancellationRequested();
    }
}

/// <summary>A topic with the leader of each partition.</summary>
internal sealed record BenchTopic(string Name, IPEndPoint Broker, IPEndPoint[] Leaders) : IDisposable
{
    /// <summary>Waits until the deleted topic's files are gone, where the harness can see them.</summary>
    internal Action<string>? AwaitDeletion { get; init; }

    /// <summary>The offset that each partition's next record gets; null while a leader does not know that it is one.</summary>
    internal long[]? FindEndOffsets()
    {
        long[] all = new long[Leaders.Length];
        foreach (IGrouping<IPEndPoint, int> led in Enumerable.Range(0, Leaders.Length).GroupBy(p => Leaders[p]))
        {
            int[] partitions = [.. led];
            using ControlConnection control = new(led.Key);
            if (control.EndOffsets(Name, partitions) is not { } offsets)
            {
                return null;
            }

            for (int i = 0; i < partitions.Length; i++)
            {
                all[partitions[i]] = offsets[i];
            }
        }

        return all;
    }

    /// <inheritdoc cref="FindEndOffsets"/>
    internal long[] EndOffsets() => FindEndOffsets() ?? throw new LoadException($"topic {Name} has lost a leader");

    /// <summary>Deletes the topic. What a broken broker says to that is not what the run was about.</summary>
    public void Dispose()
    {
        try
        {
            using ControlConnection control = new(Broker);
            control.DeleteTopic(Name);
            AwaitDeletion?.Invoke(Name);
        }
        catch (Exception e) when (e is LoadException or System.Net.Sockets.SocketException)
        {
        }
    }
}
