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

    /// <summary>Where its partitions are; null when the harness cannot see them.</summary>
    internal virtual string? DataFolder => null;

    /// <summary>A folder on the same disk that the broker does not look at; null where there is none.</summary>
    internal string? ProbeFolder => Path.GetDirectoryName(DataFolder);

    /// <summary>Whether other brokers of this kind can be started beside this one, in folders of their own.</summary>
    internal virtual bool CanStartAside => false;

    /// <summary>Whether it speaks the consumer groups' own protocol (KIP-848).</summary>
    internal virtual bool HasConsumerProtocol => true;

    /// <summary>Starts it and waits until it answers.</summary>
    internal abstract void Start(CancellationToken cancellation);

    /// <summary>Takes the processor away from a broker that is not measured now, or gives it back.</summary>
    internal virtual void Pause(bool paused)
    {
    }

    /// <summary>
    /// One more broker of this kind, not yet started, with an empty folder and more server properties (name=value, by
    /// Kafka's names). It is paused, and at the last disposed of, together with this one.
    /// </summary>
    internal virtual LocalBroker Aside(params string[] properties) => throw new NotSupportedException();

    /// <summary>Makes a topic for one run. Disposing of it deletes it.</summary>
    internal BenchTopic CreateTopic(
        int partitions, CancellationToken cancellation, params (string Name, string Value)[] configs) =>
        TopicAccess.Create(Address, partitions, configs, cancellation) with { AwaitDeletion = AwaitDeletion };

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
