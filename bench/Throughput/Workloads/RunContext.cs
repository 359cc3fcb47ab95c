using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>One run of a workload: on which broker, how long, and whether it is to warm up only.</summary>
internal sealed record RunContext(
    BrokerUnderTest Broker, RunScale Scale, bool IsWarmUp, LoadMeter Meter, CancellationToken Cancellation)
{
    internal LoadLimit Limit => IsWarmUp ? Scale.WarmUpLimit : Scale.RunLimit;
}
