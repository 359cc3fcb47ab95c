using System.Diagnostics;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>What a load costs: processor time of the broker, of the generator and of everybody else, and memory.</summary>
internal sealed class Gauge
{
    private readonly int? _broker;
    private readonly bool _peakIsOfThisRun;
    private readonly double _brokerCpu;
    private readonly long _start;
    private TimeSpan _ownCpu;
    private double _machineCpu;
    private double _seconds;

    private Gauge(BrokerUnderTest broker)
    {
        _broker = broker.Process;
        _peakIsOfThisRun = _broker is { } process && ProcessFigures.ResetPeakMemory(process);
        _machineCpu = ProcessFigures.MachineCpuSeconds();
        _brokerCpu = _broker is { } p ? ProcessFigures.CpuSeconds(p) : 0;
        _ownCpu = Environment.CpuUsage.TotalTime;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Writes what is dirty to the disk, so that the run does not pay for an earlier one, and begins to count.</summary>
    internal static Gauge Start(BrokerUnderTest broker)
    {
        GC.Collect();
        Linux.Sync();
        return new Gauge(broker);
    }

    /// <summary>Begins to count in the midst of a load that a pause would put out of step.</summary>
    internal static Gauge StartAmid(BrokerUnderTest broker) => new(broker);

    /// <summary>The broker's processor seconds from the start to the stop; null when its process is not known.</summary>
    internal double? BrokerCpuSeconds { get; private set; }

    /// <summary>Ends the count.</summary>
    internal void Stop()
    {
        _seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        _machineCpu = ProcessFigures.MachineCpuSeconds() - _machineCpu;
        _ownCpu = Environment.CpuUsage.TotalTime - _ownCpu;
        BrokerCpuSeconds = _broker is { } process ? ProcessFigures.CpuSeconds(process) - _brokerCpu : null;
    }

    /// <summary>Notes what the run cost beside its own figures.</summary>
    internal void NoteTo(RoundResult result)
    {
        result[Figure.GeneratorCpu] = _ownCpu.TotalSeconds / _seconds;
        if (_broker is not { } process || BrokerCpuSeconds is not { } brokerCpu)
        {
            return;
        }

        result[Figure.CpuShare] = brokerCpu / _seconds;
        result[Figure.OthersCpu] = Math.Max(0, _machineCpu - _ownCpu.TotalSeconds - brokerCpu) / _seconds;
        if (_peakIsOfThisRun)
        {
            result[Figure.PeakMemory] = ProcessFigures.PeakMemoryMib(process);
        }

        result[Figure.AnonymousMemory] = ProcessFigures.AnonymousMemoryMib(process);
    }
}
