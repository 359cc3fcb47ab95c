using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KLog.Faults;

/// <summary>A <c>klog server</c> of its own on a free port, which can be killed.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="properties">name=value each, beside listeners and log.dirs.</param>
    internal BrokerProcess(string logDirs, params IEnumerable<string> properties)
    {
        Port = FreePort();
        ProcessStartInfo start = new(ProgramPath, ["server"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string property in properties.Prepend($"log.dirs={logDirs}").Prepend($"listeners=PLAINTEXT://127.0.0.1:{Port}"))
        {
            start.ArgumentList.Add("--override");
            start.ArgumentList.Add(property);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The klog of this source tree in this configuration, or the one that KLOG_PROGRAM names.</summary>
    private static string ProgramPath =>
        Environment.GetEnvironmentVariable("KLOG_PROGRAM") is { Length: > 0 } named
            ? named
            : Path.Combine(AppContext.BaseDirectory, "..", "..", "klog", new DirectoryInfo(AppContext.BaseDirectory).Name, "klog");

    internal int Port { get; }

    internal int ExitCode => _process.ExitCode;

    /// <summary>What it has printed.</summary>
    internal string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <exception cref="BrokenPromiseException">It ended, or said nothing for a minute.</exception>
    internal async Task AwaitReadyAsync()
    {
        Task ended = _process.WaitForExitAsync();
        Task first = await Task.WhenAny(_ready.Task, ended, Task.Delay(Limit));
        if (first != _ready.Task)
        {
            throw new BrokenPromiseException($"the broker {(first == ended ? "ended" : "did not get ready")} at its start:\n{Output}");
        }
    }

    /// <summary>SIGKILL. What the broker has written so far stays in the page cache.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    internal async Task<bool> HasEndedAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Limit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.StartsWith("KLog is ready", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }
}
