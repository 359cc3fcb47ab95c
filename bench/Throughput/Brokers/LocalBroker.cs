using System.Diagnostics;
using System.Net;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>A broker that the harness starts and throws away: its programs, and the folder that they write to.</summary>
internal abstract class LocalBroker(string name, ScratchFolder scratch) : BrokerUnderTest(name)
{
    /// <summary>Where a broker keeps its partitions, inside its folder.</summary>
    private protected const string DataFolder = "data";

    private Instance? _instance;
    private int _starts;

    internal override bool CanStartFresh => true;

    internal override void Start(CancellationToken cancellation)
    {
        _instance = Launch(cancellation);
        WaitUntilReady(_instance.Address, _instance.Broker, cancellation);
        Address = _instance.Address;
        Process = ProcessFigures.Largest(_instance.Broker.Id);
    }

    internal override void Pause(bool paused)
    {
        _instance?.Broker.Pause(paused);
        _instance?.Companion?.Pause(paused);
    }

    internal override TimeSpan TimeToFirstRecord(CancellationToken cancellation)
    {
        using Instance fresh = Launch(cancellation);
        WaitUntilReady(fresh.Address, fresh.Broker, cancellation);
        using BenchTopic topic = TopicAccess.Create(fresh.Address, 1, cancellation);
        BatchTemplate batch = Producing.NewBatch(1, 100);
        using FixedBytes body = new(batch.Bytes);
        using ProduceLane lane = new(topic.Leaders[0], topic.Name, [0], batch, body, inFlightMax: 1);
        ProduceLoad.Run([lane], batch, new LoadLimit(TimeSpan.FromSeconds(30), 1), new LoadMeter(), cancellation);
        return Stopwatch.GetElapsedTime(fresh.StartedAt);
    }

    public override void Dispose() => _instance?.Dispose();

    private protected override void AwaitDeletion(string topic)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(TimeSpan.FromSeconds(15));
        string data = Path.Combine(_instance!.Folder, DataFolder);
        while (Directory.EnumerateDirectories(data, topic + "-*").Any() && LoadClock.Now < giveUp)
        {
            Thread.Sleep(50);
        }
    }

    /// <summary>Starts the programs of one broker in an empty folder, without waiting for them.</summary>
    private protected abstract Instance Launch(string folder, int port, CancellationToken cancellation);

    private Instance Launch(CancellationToken cancellation) =>
        Launch(scratch.Make($"{Name}-{++_starts}"), BrokerAddress.FreePort(), cancellation);

    /// <summary>One started broker.</summary>
    /// <param name="Folder">Removed with it.</param>
    /// <param name="Port">On the loopback address.</param>
    /// <param name="StartedAt">The load clock just before the broker's process began.</param>
    /// <param name="Broker">What is measured.</param>
    /// <param name="Companion">ZooKeeper, which is not.</param>
    private protected sealed record Instance(string Folder, int Port, long StartedAt, ChildProcess Broker, ChildProcess? Companion) : IDisposable
    {
        internal IPEndPoint Address => new(IPAddress.Loopback, Port);

        public void Dispose()
        {
            Broker.Dispose();
            Companion?.Dispose();
            ScratchFolder.Remove(Folder);
        }
    }
}
