using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Report;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput;

/// <summary>Makes the brokers, runs the benchmark, writes the reports, and leaves nothing behind, however it ends.</summary>
internal static class BenchHost
{
    private const int Interrupted = 130;

    /// <summary>Answers the exit code: 0 also when goals are missed, 1 when a broker failed.</summary>
    internal static int Run(BenchOptions options)
    {
        using CancellationTokenSource cancellation = new();
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, cancellation);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, cancellation);
        using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, cancellation);
        using ScratchFolder scratch = new(options.ScratchParent);
        BrokerUnderTest[] brokers = MakeBrokers(options, scratch);
        using ProgressLine progress = new();
        DateTimeOffset at = DateTimeOffset.UtcNow;
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            List<WorkloadResult> results = new BenchRun(options, brokers, progress, cancellation.Token).Run();
            return Report(options, brokers, results, at, watch.Elapsed);
        }
        catch (OperationCanceledException)
        {
            progress.Say("interrupted");
            return Interrupted;
        }
        catch (Exception e) when (e is LoadException or SocketException or IOException)
        {
            progress.Say($"klog bench: {e.Message}");
            return 1;
        }
        finally
        {
            foreach (BrokerUnderTest broker in brokers)
            {
                broker.Dispose();
            }

            ChildProcess.EndAll();
        }
    }

    private static BrokerUnderTest[] MakeBrokers(BenchOptions options, ScratchFolder scratch)
    {
        List<BrokerUnderTest> brokers = [];
        foreach ((string name, string command) in options.KLogs)
        {
            brokers.Add(new KLogBroker(name, command, options.Overrides, scratch));
        }

        foreach (string folder in options.Against)
        {
            KafkaRelease[] releases = Directory.Exists(folder) ? KafkaRelease.FindIn(folder) : [];
            brokers.AddRange(releases.Length > 0
                ? releases.Select(r => new KafkaBroker(r, scratch))
                : throw new ArgumentException($"there is no Apache Kafka in {folder}"));
        }

        foreach (string remote in options.Remotes)
        {
            brokers.Add(RemoteBroker.Parse(remote)
                ?? throw new ArgumentException($"'{remote}' is not NAME=HOST:PORT or NAME=HOST:PORT,PID"));
        }

        return brokers.Count == 0 ? throw new ArgumentException("there is no broker to measure")
            : brokers.DistinctBy(b => b.Name).Count() < brokers.Count ? throw new ArgumentException("two brokers have the same name")
            : [.. brokers];
    }

    private static int Report(
        BenchOptions options, BrokerUnderTest[] brokers, List<WorkloadResult> results, DateTimeOffset at, TimeSpan took)
    {
        string? subject = brokers.OfType<KLogBroker>().FirstOrDefault()?.Name;
        string? baseline = brokers.OfType<KafkaBroker>().FirstOrDefault()?.Name
            ?? (brokers.Length > 1 ? brokers[^1].Name : null);
        WorkloadResult memory = WorkloadCatalog.PeakMemory(results);
        WorkloadResult[] all = [.. results, .. memory.Brokers.Any(b => b.Rounds.Count > 0) ? [memory] : Array.Empty<WorkloadResult>()];
        BenchReport report = new(
            string.Join(" · ", brokers.Select(b => b.Name)), at, took, [.. Machine.Describe(options), ("other programs", Machine.DescribeNoise(results))], baseline, subject, all,
            FigureTable.Build(all, baseline, subject, WorkloadCatalog.Goals));
        ConsoleTable.Write(report);
        if (options.Json is { } json)
        {
            using FileStream stream = File.Create(json);
            JsonReport.Write(report, stream);
        }

        if (options.Html is { } html)
        {
            File.WriteAllText(html, HtmlPage.Render(report));
        }

        return results.SelectMany(r => r.Brokers).Any(b => b.Failure is not null) ? 1 : 0;
    }

    /// <summary>The first signal ends the run in order; the second kills the brokers at once, and then this program.</summary>
    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource cancellation) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !cancellation.IsCancellationRequested;
            if (cancellation.IsCancellationRequested)
            {
                ChildProcess.EndAll();
            }

            cancellation.Cancel();
        });
}
