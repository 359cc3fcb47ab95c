using System.Net;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>A broker that the harness starts and throws away: its programs, and the folder that they write to.</summary>
internal abstract class LocalBroker(string name, ScratchFolder scratch) : BrokerUnderTest(name)
{
    private static readonly TimeSpan StopTimeMax = TimeSpan.FromSeconds(90);
    private readonly List<LocalBroker> _asides = [];
    private ChildProcess? _program;

    internal override bool CanStartAside => true;

    internal override string? DataFolder => Folder is null ? null : Path.Combine(Folder, "data");

    /// <summary>The load clock just before the broker's process began (not ZooKeeper's, nor the formatting of the folder).</summary>
    internal long StartedAt { get; private set; }

    /// <summary>What the broker has on the disk; null before the first start.</summary>
    private protected string? Folder { get; private set; }

    /// <summary>A program beside the broker that is not measured: ZooKeeper.</summary>
    private protected virtual ChildProcess? Companion => null;

    /// <summary>Starts it on an empty folder, or again on the one that it had when it was killed.</summary>
    internal override void Start(CancellationToken cancellation)
    {
        if (Folder is null)
        {
            Folder = scratch.Make(Name);
            Address = new IPEndPoint(IPAddress.Loopback, BrokerAddress.FreePort());
            Prepare(Folder, Address.Port, cancellation);
        }

        StartedAt = LoadClock.Now;
        _program = Launch(Folder);
        WaitUntilReady(Address, _program, cancellation);
        Process = ProcessFigures.Largest(_program.Id);
    }

    /// <summary>Ends the broker by SIGKILL, and waits until it may be started again.</summary>
    internal void Kill(CancellationToken cancellation)
    {
        EndProgram();
        AwaitForgotten(cancellation);
    }

    /// <summary>Has the broker end in order, so that it may be started again.</summary>
    internal void Stop()
    {
        _program!.Terminate(StopTimeMax);
        EndProgram();
    }

    internal override LocalBroker Aside(params string[] properties)
    {
        LocalBroker aside = Another(properties);
        _asides.Add(aside);
        return aside;
    }

    internal override void Pause(bool paused)
    {
        _program?.Pause(paused);
        Companion?.Pause(paused);
        foreach (LocalBroker aside in _asides)
        {
            aside.Pause(paused);
        }
    }

    public override void Dispose()
    {
        foreach (LocalBroker aside in _asides)
        {
            aside.Dispose();
        }

        _asides.Clear();
        EndProgram();
        Companion?.Dispose();
        if (Folder is not null)
        {
            ScratchFolder.Remove(Folder);
        }
    }

    private protected override void AwaitDeletion(string topic)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(TimeSpan.FromSeconds(15));
        while (Directory.EnumerateDirectories(DataFolder!, topic + "-*").Any() && LoadClock.Now < giveUp)
        {
            Thread.Sleep(50);
        }
    }

    /// <summary>Writes the configuration into an empty folder, and starts what the broker needs beside it.</summary>
    private protected abstract void Prepare(string folder, int port, CancellationToken cancellation);

    /// <summary>Starts the broker's process on a prepared folder, without waiting for it.</summary>
    private protected abstract ChildProcess Launch(string folder);

    /// <inheritdoc cref="Aside"/>
    private protected abstract LocalBroker Another(string[] properties);

    /// <summary>Waits until the cluster does not count on the killed broker any more.</summary>
    private protected virtual void AwaitForgotten(CancellationToken cancellation)
    {
    }

    private void EndProgram()
    {
        _program?.Dispose();
        _program = null;
        Process = null;
    }
}
