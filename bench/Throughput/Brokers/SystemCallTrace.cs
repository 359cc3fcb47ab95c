using System.Globalization;
using System.Text.RegularExpressions;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>strace on a running process, for what it sends.</summary>
internal sealed partial class SystemCallTrace : IDisposable
{
    private static readonly TimeSpan AttachTimeMax = TimeSpan.FromSeconds(10);
    private readonly string _folder = Directory.CreateTempSubdirectory("klog-bench-strace").FullName;
    private readonly ChildProcess _strace;

    internal SystemCallTrace(int process, CancellationToken cancellation)
    {
        _strace = new ChildProcess(
            _folder, Path.Combine(_folder, "output.log"), "strace",
            "-f", "-e", "trace=sendfile,sendto,sendmsg,write,writev", "-s", "0", "-o", TracePath, "-p", process.ToString(CultureInfo.InvariantCulture));
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(AttachTimeMax);
        while (ProcessFigures.Tracer(process) == 0)
        {
            TopicAccess.WaitOrGiveUp(giveUp, $"strace does not attach:\n{_strace.LastOutput()}", cancellation);
        }

        // All other threads follow the first.
        cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(500));
    }

    internal static bool IsInstalled { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "strace")));

    private string TracePath => Path.Combine(_folder, "trace");

    /// <summary>Detaches, and adds up what the calls of this name returned: bytes.</summary>
    internal long StopAndSum(string call)
    {
        _strace.Interrupt();
        return Sum(File.ReadLines(TracePath), call);
    }

    /// <summary>
    /// ◆ Adds up the results of one call in strace's lines, which may show a call in two parts:
    /// <code>
    /// 4711 sendfile(88, 45, [0] => [65536], 1048576) = 65536
    /// 4711 sendfile(88, 45, [65536] &lt;unfinished ...>
    /// 4711 &lt;... sendfile resumed> => [131072], 983040) = 65536
    /// </code>
    /// </summary>
    internal static long Sum(IEnumerable<string> lines, string call) =>
        lines.Select(line => CallResult().Match(line))
            .Where(match => match.Success && match.Groups["call"].Value == call)
            .Sum(match => long.Parse(match.Groups["result"].ValueSpan, CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _strace.Dispose();
        ScratchFolder.Remove(_folder);
    }

    [GeneratedRegex(@"^\d+ +(<\.\.\. )?(?<call>\w+)(\(| resumed>).* = (?<result>\d+)$")]
    private static partial Regex CallResult();
}
