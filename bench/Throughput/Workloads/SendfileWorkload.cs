using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>Which system calls send what is fetched, by strace; a run of its own, because that slows a broker down.</summary>
internal sealed class SendfileWorkload()
    : Workload("sendfile", "share of fetched bytes that sendfile(2) sends", Figure.SendfileShare)
{
    private const long TopicBytes = 48L << 20;
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(1);

    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.Process is not null && SystemCallTrace.IsInstalled;

    internal override RoundResult Run(RunContext context)
    {
        using BenchTopic topic = Fetching.CreateFilledTopic(context, TopicBytes);
        using Fetching fetching = new(topic);
        using SystemCallTrace trace = new(context.Broker.Process!.Value, context.Cancellation);
        LoadOutcome outcome = fetching.Run(context, RunTime);
        RoundResult result = new();
        long bytes = trace.StopAndSum("sendfile");
        result[Figure.SendfileShare] = 100.0 * bytes / outcome.Bytes;
        return result;
    }
}
