using System.Globalization;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>What /proc tells about a process, its children included where that is said.</summary>
internal static class ProcessFigures
{
    /// <summary>USER_HZ: what /proc counts processor time in, on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>
    /// Processor seconds of a process, of the children that it has waited for, and of those that still run. 0 when the
    /// process is gone.
    /// </summary>
    internal static double CpuSeconds(int process) => Tree(process).Sum(OwnCpuSeconds);

    /// <summary>
    /// Processor seconds of one process to the nanosecond, by its own clock: /proc/PID/stat counts in hundredths of a second.
    /// </summary>
    internal static double FineCpuSeconds(int process)
    {
        Linux.ReadClock(Linux.CpuClockOf(process), out Linux.Span span);
        return span.Seconds + (span.Nanoseconds / 1e9);
    }

    /// <summary>The process and all that descend from it.</summary>
    internal static IEnumerable<int> Tree(int process)
    {
        yield return process;
        foreach (int child in Children(process))
        {
            foreach (int descendant in Tree(child))
            {
                yield return descendant;
            }
        }
    }

    /// <summary>The process of the tree that holds the most memory: the broker itself, where a script started it.</summary>
    internal static int Largest(int process) => Tree(process).MaxBy(p => StatusNumber(p, "VmRSS:"));

    /// <summary>Lets the peak of resident memory start again from what is resident now. False when that is not allowed.</summary>
    internal static bool ResetPeakMemory(int process)
    {
        try
        {
            File.WriteAllText($"/proc/{process}/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Peak resident memory since the last reset, in MiB.</summary>
    internal static double PeakMemoryMib(int process) => StatusNumber(process, "VmHWM:") / 1024.0;

    /// <summary>Resident memory that is no file's, in MiB: mapped index files and code are left out.</summary>
    internal static double AnonymousMemoryMib(int process) => StatusNumber(process, "RssAnon:") / 1024.0;

    /// <summary>The process that traces this one; 0 for none.</summary>
    internal static long Tracer(int process) => StatusNumber(process, "TracerPid:");

    /// <summary>Processor seconds of the whole machine that were not idle.</summary>
    internal static double MachineCpuSeconds()
    {
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double[] ticks = [.. fields.Skip(1).Take(8).Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
        return (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }

    private static double OwnCpuSeconds(int process)
    {
        string[]? fields = StatFields(process);
        return fields is null
            ? 0
            : fields[11..15].Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>/proc/PID/stat behind the name, which may hold blanks: field 3 (the state) is the first.</summary>
    private static string[]? StatFields(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int[] Children(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{process}/task")
                .SelectMany(task => File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static long StatusNumber(int process, string name)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
