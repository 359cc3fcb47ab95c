using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using KLog.Broker;
using KLog.Broker.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace KLog.Cli;

/// <summary>Runs a broker until SIGTERM or Ctrl-C. A second one of these ends it at once, as a crash would.</summary>
internal static class ServerCommand
{
    public static Command Make()
    {
        Argument<string?> file = BrokerArguments.File(
            "Kafka's properties file. Without one: localhost:9092, data in ./data, topics created on first use.");
        Option<string[]> overrides = BrokerArguments.Overrides();
        Command command = new("server", "Run a broker.") { file, overrides };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(file), parsed.GetValue(overrides) ?? []));
        return command;
    }

    /// <summary>
    /// Threads of the pool that are there at once: a write that the kernel holds back, because too much is unwritten, holds a
    /// thread, and on a small machine all of them would be. More than that come by and by.
    /// </summary>
    private const int WorkersMin = 8;

    private static async Task<int> RunAsync(string? file, string[] overrides)
    {
        ThreadPool.GetMinThreads(out int workers, out int pollers);
        ThreadPool.SetMinThreads(Math.Max(workers, WorkersMin), pollers);
        (BrokerConfig config, IReadOnlyList<string> warnings) = BrokerConfigFile.Load(file, overrides);
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, stop));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, stop));

        using LogLevels levels = new(LogLevel.Information);
        using ILoggerFactory loggers = LoggerFactory.Create(logging =>
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                console.ColorBehavior = LoggerColorBehavior.Default;
            });
            levels.Decide(logging);
        });
        ILogger log = loggers.CreateLogger("server");
        foreach (string warning in warnings)
        {
            log.LogWarning("{Warning}", warning);
        }

        await using BrokerHost broker = new(config, TimeProvider.System, loggers, levels);
        try
        {
            await broker.StartAsync(stop.Token);
            Console.Out.WriteLine(ReadyLine(config, broker.Identity!));
            string reason = await broker.Halted.WaitAsync(stop.Token);

            // At once, as a crash: there is no folder left that could be closed in order.
            await Console.Error.WriteLineAsync($"klog: halted: {reason}");
            Environment.Exit(1);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.LogInformation("stopping");
        }

        await broker.StopAsync(CancellationToken.None);
        return 0;
    }

    private static void OnSignal(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (!stop.IsCancellationRequested)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static string ReadyLine(BrokerConfig config, BrokerIdentity identity)
    {
        IEnumerable<string> addresses = identity.Addresses.Select(bound => $"{bound.Listener}://{HostOf(config, bound.Listener, bound.Address)}:{bound.Address.Port}");
        TimeSpan start = TimeProvider.System.GetUtcNow() - StartTime();
        return string.Create(CultureInfo.InvariantCulture,
            $"KLog is ready at {string.Join(", ", addresses)}: broker {identity.Id}, cluster {identity.ClusterId}, data in {string.Join(", ", config.LogDirs.Select(Path.GetFullPath))}, started in {start.TotalMilliseconds:0} ms");
    }

    /// <summary>The script that builds before it runs tells when it began to run; its process is the same one.</summary>
    private static DateTimeOffset StartTime()
    {
        if (long.TryParse(Environment.GetEnvironmentVariable("KLOG_STARTED_US"), CultureInfo.InvariantCulture, out long microseconds))
        {
            return DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);
        }

        using Process self = Process.GetCurrentProcess();
        return self.StartTime;
    }

    /// <summary>The host as the user wrote it; where he wrote none, the address that is listened on.</summary>
    private static string HostOf(BrokerConfig config, string listener, IPEndPoint bound)
    {
        string host = config.Listeners.First(each => each.Name == listener).Host;
        host = host.Length > 0 ? host : bound.Address.ToString();
        return host.Contains(':') ? $"[{host}]" : host;
    }
}
