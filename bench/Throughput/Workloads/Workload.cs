using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>What a broker is put to. Runs on the main thread, one broker at a time; only one workload is in use at once.</summary>
internal abstract class Workload(string name, string title, Figure main)
{
    /// <summary>As it is chosen on the command line.</summary>
    internal string Name { get; } = name;

    /// <summary>As it stands in the report.</summary>
    internal string Title { get; } = title;

    /// <summary>The figure that says most, and that is waited for to rise no more.</summary>
    internal Figure Main { get; } = main;

    /// <summary>Whether the broker's figures rise with use at all.</summary>
    internal virtual bool WarmsUp => true;

    internal virtual bool CanRunOn(BrokerUnderTest broker) => true;

    /// <summary>Makes what all runs on one broker share.</summary>
    internal virtual void Prepare(RunContext context)
    {
    }

    /// <summary>One run, from a quiet disk.</summary>
    internal abstract RoundResult Run(RunContext context);

    /// <summary>Removes what <see cref="Prepare"/> made; also called when that failed.</summary>
    internal virtual void Finish(BrokerUnderTest broker)
    {
    }
}
