using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput;

/// <summary>What the command line asks for, checked.</summary>
internal sealed record BenchOptions
{
    /// <summary>KLog commands to measure, by the name that each gets in the report; empty for none.</summary>
    internal IReadOnlyList<(string Name, string Command)> KLogs { get; init; } = [];

    internal string[] Overrides { get; init; } = [];

    internal string[] Against { get; init; } = [];

    internal string[] Remotes { get; init; } = [];

    internal required Workload[] Workloads { get; init; }

    internal int Rounds { get; init; }

    internal required RunScale Scale { get; init; }

    /// <summary>Whether brokers that are not measured are stopped by a signal meanwhile.</summary>
    internal bool PauseIdle { get; init; }

    /// <summary>Where brokers' folders are made.</summary>
    internal required string ScratchParent { get; init; }

    internal string? Json { get; init; }

    internal string? Html { get; init; }
}
