using System.Net;
using System.Net.Sockets;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>A broker that is measured, as the workloads see it.</summary>
internal abstract class BrokerUnderTest(string name) : IDisposable
{
    /// <summary>Kafka on ZooKeeper may take 20 s on a busy machine.</summary>
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(90);

    /// <summary>As it stands in the report.</summary>
    internal string Name { get; } = name;

    internal IPEndPoint Address { get; private protected set; } = new(IPAddress.Loopback, 0);

    /// <summary>The process whose processor time and memory count; null when it is not known.</summary>
    internal int? Process { get; private protected set; }

    /// <summary>Whether another broker of this kind can be started beside this one, in an empty folder.</summary>
    internal virtual bool CanStartFresh => false;

    /// <summary>Starts it and waits until it answers.</summary>
    internal abstract void Start(CancellationToken cancellation);

    /// <summary>Takes the processor away from a broker that is not measured now, or gives it back.</summary>
    internal virtual void Pause(bool paused)
    {
    }

    /// <summary>
    /// Starts one more broker of this kind on an empty folder. Answers the time from the start of its process (not of
    /// ZooKeeper, nor of formatting the folder) to the acknowledgement of its first record, and throws it away.
    /// </summary>
    internal virtual TimeSpan TimeToFirstRecord(CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Makes a topic for one run. Disposing of it deletes it.</summary>
    internal BenchTopic CreateTopic(int partitions, CancellationToken cancellation) =>
        TopicAccess.Create(Address, partitions, cancellation) with { AwaitDeletion = AwaitDeletion };

    public abstract void Dispose();

    /// <summary>Waits until a deleted topic costs the broker nothing any more, so that the next run does not pay for it.</summary>
    private protected virtual void AwaitDeletion(string topic)
    {
    }

    /// <summary>Asks again and again whether the broker answers, until it does or the program has ended.</summary>
    private protected static void WaitUntilReady(IPEndPoint address, ChildProcess program, CancellationToken cancellation)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(StartTimeMax);
        while (!IsReady(address))
        {
            if (program.HasExited)
            {
                throw new LoadException($"the broker ended while it started:\n{program.LastOutput()}");
            }

            TopicAccess.WaitOrGiveUp(giveUp, $"the broker does not answer:\n{program.LastOutput()}", cancellation);
        }
    }

    private protected static bool IsReady(IPEndPoint address)
    {
        try
        {
            using ControlConnection control = new(address);
            return control.IsReady();
        }
        catch (Exception e) when (e is SocketException or LoadException)
        {
            return false;
        }
    }
}
