using System.Globalization;
using System.Runtime.InteropServices;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput;

/// <summary>Facts of the machine that the figures depend on.</summary>
internal static class Machine
{
    /// <summary>
    /// Batch bytes that are more than the kernel lets a process keep dirty (vm.dirty_ratio of the available memory), by
    /// half, and at least 4 GiB.
    /// </summary>
    internal static long BytesBeyondDirtyLimit()
    {
        double share = double.Parse(ReadFirstLine("/proc/sys/vm/dirty_ratio", "20"), CultureInfo.InvariantCulture) / 100;
        long limit = long.Parse(ReadFirstLine("/proc/sys/vm/dirty_bytes", "0"), CultureInfo.InvariantCulture);
        long available = Kib("/proc/meminfo", "MemAvailable:") * 1024;
        return Math.Max(4 * RunScale.Gib, (limit > 0 ? limit : (long)(share * available)) * 3 / 2);
    }

    /// <summary>The klog command that started this program (it says so in KLOG), or that of the repository it was built in.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static string FindKLogCommand()
    {
        if (Environment.GetEnvironmentVariable("KLOG") is { Length: > 0 } starter)
        {
            return starter;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string command = Path.Combine(folder.FullName, "klog");
            if (File.Exists(command) && File.Exists(Path.Combine(folder.FullName, "KLog.sln")))
            {
                return command;
            }
        }

        throw new ArgumentException("the klog command is not found; name it with --klog, or say --klog none");
    }

    internal static IReadOnlyList<(string Name, string Value)> Describe(BenchOptions options) =>
    [
        ("processor", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} × {ProcessorName()}")),
        ("memory", string.Create(CultureInfo.InvariantCulture, $"{Kib("/proc/meminfo", "MemTotal:") / 1048576.0:0.0} GiB")),
        ("kernel", ReadFirstLine("/proc/sys/kernel/osrelease", "?")),
        (".NET", RuntimeInformation.FrameworkDescription),
        ("rounds", string.Create(CultureInfo.InvariantCulture, $"{options.Rounds} of {options.Scale.Run.TotalSeconds:0.#} s, warm-up {options.Scale.WarmUpMax.TotalSeconds:0} s at most")),
        ("data of the durability workloads", options.Scale.DataShare.ToString("0.## ×", CultureInfo.InvariantCulture)),
        ("idle brokers", options.PauseIdle ? "paused" : "running"),
    ];

    /// <summary>How much of the machine others used during the runs: above a tenth of a core, figures are noisy.</summary>
    internal static string DescribeNoise(IEnumerable<WorkloadResult> results)
    {
        double[] cores = [.. results.SelectMany(r => r.Brokers).SelectMany(b => b.Rounds)
            .Where(r => r.Figures.ContainsKey(Figure.OthersCpu)).Select(r => r[Figure.OthersCpu])];
        return cores.Length == 0 ? "?" : string.Create(
            CultureInfo.InvariantCulture, $"{cores.Average():0.00} cores on average{(cores.Average() > 0.1 ? " (noisy)" : "")}");
    }

    private static string ProcessorName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?";

    private static long Kib(string file, string name) =>
        long.Parse(
            File.ReadLines(file).First(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture);

    private static string ReadFirstLine(string file, string otherwise) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(otherwise) : otherwise;
}
