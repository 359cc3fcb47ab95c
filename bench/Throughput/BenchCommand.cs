using System.CommandLine;
using System.Globalization;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput;

/// <summary>The command line: what can be asked for, and what it means when it is not.</summary>
internal static class BenchCommand
{
    private static readonly Option<string[]> KLog = Strings(
        "--klog", "[NAME=]COMMAND", "a klog command (or klog.dll) to start and measure; may be given again under other names, to compare builds; 'none' for none. Default: ./klog of this repository");

    private static readonly Option<string[]> Override = Strings(
        "--override", "NAME=VALUE", "a server property for KLog; may be given again");

    private static readonly Option<string[]> Against = Strings(
        "--against", "DIR", "Apache Kafka to start and compare with: an unpacked release, or a folder of releases or of folders of jars. Kafka 3 runs on ZooKeeper, Kafka 4 alone; both need Java 17 on the path. Ratios refer to the oldest");

    private static readonly Option<string[]> Broker = Strings(
        "--broker", "NAME=HOST:PORT[,PID]", "a running broker that speaks Kafka's protocol; with the id of its process its processor time and memory are measured too");

    private static readonly Option<string[]> Workloads = Strings(
        "--workloads", "NAME,NAME…", "which workloads to run (see below). Default: all but produce-snappy, produce-gzip and the groups durability and groups");

    private static readonly Option<int> Rounds = new("--rounds") { Description = "measured runs of each broker at each workload", DefaultValueFactory = _ => 3 };

    private static readonly Option<double> Seconds = new("--seconds") { Description = "length of a run; produce runs end earlier when they have moved 1.5 GiB, the latency run takes twice as long [default: 5]" };

    private static readonly Option<double> WarmUp = new("--warm-up") { Description = "seconds of warm-up at most, for each broker at each workload [default: 60]" };

    private static readonly Option<double> Size = new("--size") { Description = "share of the full data that the workloads of durability and groups write: 0.1 for a first look [default: 1, with --quick 0.1]" };

    private static readonly Option<bool> Quick = new("--quick") { Description = "a first look: runs of 1.5 s, warm-up of 8 s at most, without produce-beyond. Kafka is not warm by then" };

    private static readonly Option<bool> NoPause = new("--no-pause") { Description = "let the brokers that are not measured run (they are stopped by SIGSTOP meanwhile)" };

    private static readonly Option<string> Scratch = new("--scratch") { Description = "where the brokers' folders are made, and removed at the end; on the disk that is to be measured", DefaultValueFactory = _ => Path.GetTempPath() };

    private static readonly Option<string?> Json = new("--json") { Description = "write all figures of all rounds to this file" };

    private static readonly Option<string?> Html = new("--html") { Description = "write the report with plots to this file: one page that needs nothing else" };

    internal static RootCommand Build()
    {
        RootCommand command = new(
            "Measures KLog against Apache Kafka and other brokers, on this machine: all are started and warmed up, then the same\n"
            + "workloads run on each in turn, round by round. Prints medians and ratios. Workloads:\n\n" + WorkloadCatalog.Describe()
            + "\n\nExample: klog bench --against ~/kafka --workloads produce,latency --html report.html");
        foreach (Option option in (Option[])[KLog, Override, Against, Broker, Workloads, Rounds, Seconds, WarmUp, Size, Quick, NoPause, Scratch, Json, Html])
        {
            command.Options.Add(option);
        }

        command.SetAction(result =>
        {
            try
            {
                return BenchHost.Run(Read(result));
            }
            catch (ArgumentException e)
            {
                Console.Error.WriteLine($"klog bench: {e.Message}");
                return 2;
            }
        });
        return command;
    }

    private static BenchOptions Read(ParseResult result)
    {
        bool quick = result.GetValue(Quick);
        double seconds = result.GetValue(Seconds) is > 0 and double s ? s : quick ? 1.5 : 5;
        double warmUp = result.GetValue(WarmUp) is > 0 and double w ? w : quick ? 8 : 60;
        return new BenchOptions
        {
            KLogs = [.. ReadKLogs(result.GetValue(KLog) ?? [])],
            Overrides = result.GetValue(Override) ?? [],
            Against = result.GetValue(Against) ?? [],
            Remotes = result.GetValue(Broker) ?? [],
            Workloads = ReadWorkloads(result.GetValue(Workloads) ?? [], quick),
            Rounds = result.GetValue(Rounds) is > 0 and int rounds ? rounds : throw new ArgumentException("--rounds must be at least 1"),
            Scale = new RunScale(
                TimeSpan.FromSeconds(seconds), RunScale.Gib * 3 / 2, TimeSpan.FromSeconds(Math.Min(seconds, 3)),
                TimeSpan.FromSeconds(warmUp), Machine.BytesBeyondDirtyLimit(), ReadSize(result.GetValue(Size), quick)),
            PauseIdle = !result.GetValue(NoPause),
            ScratchParent = result.GetValue(Scratch)!,
            Json = result.GetValue(Json),
            Html = result.GetValue(Html),
        };
    }

    private static double ReadSize(double given, bool quick) => given switch
    {
        0 => quick ? 0.1 : 1,
        > 0 and <= 1 => given,
        _ => throw new ArgumentException("--size must be above 0 and at most 1"),
    };

    private static IEnumerable<(string Name, string Command)> ReadKLogs(string[] given)
    {
        if (given is ["none"])
        {
            yield break;
        }

        foreach (string text in given.Length > 0 ? given : [Machine.FindKLogCommand()])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string command = Path.GetFullPath(text[(equals + 1)..]);
            yield return File.Exists(command)
                ? (equals > 0 ? text[..equals] : "KLog", command)
                : throw new ArgumentException($"there is no {command}; --klog names KLog's command");
        }
    }

    private static Workload[] ReadWorkloads(string[] given, bool quick)
    {
        string[] names = [.. given.SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return names.Length == 0
            ? WorkloadCatalog.Default(quick)
            : [.. names.SelectMany(name => WorkloadCatalog.Named(name) is { Length: > 0 } named ? named
                : throw new ArgumentException($"there is no workload '{name}'; there are:\n{WorkloadCatalog.Describe()}")).Distinct()];
    }

    private static Option<string[]> Strings(string name, string form, string description) =>
        new(name) { HelpName = form, Description = description, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
}
