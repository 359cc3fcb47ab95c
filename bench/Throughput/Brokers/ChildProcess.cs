using System.Collections.Concurrent;
using System.Diagnostics;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>
/// A program that the harness started, with its output in a file. It dies with the harness, even when that is killed
/// (PR_SET_PDEATHSIG by setpriv, where there is one); the signal is tied to the thread that started it, so only the main
/// thread starts programs.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Launcher = "exec >\"$0\" 2>&1 </dev/null; if command -v setpriv >/dev/null; then exec setpriv --pdeathsig KILL \"$@\"; else exec \"$@\"; fi";
    private static readonly ConcurrentDictionary<ChildProcess, bool> Running = [];
    private readonly Process _process;
    private bool _paused;

    internal ChildProcess(string folder, string outputPath, string program, params IEnumerable<string> arguments)
    {
        OutputPath = outputPath;
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = folder };
        foreach (string argument in (string[])["-c", Launcher, outputPath, program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        Running[this] = true;
    }

    internal string OutputPath { get; }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>The last lines that the program wrote, for an error message.</summary>
    internal string LastOutput()
    {
        string[] lines = File.Exists(OutputPath) ? File.ReadAllLines(OutputPath) : [];
        return string.Join('\n', lines.TakeLast(15));
    }

    /// <summary>Waits for a program that does one thing and ends.</summary>
    /// <exception cref="LoadException">It failed, or took longer.</exception>
    internal void WaitForSuccess(TimeSpan timeMax)
    {
        if (!_process.WaitForExit(timeMax) || _process.ExitCode != 0)
        {
            throw new LoadException($"{_process.StartInfo.ArgumentList[3]} failed:\n{LastOutput()}");
        }
    }

    /// <summary>Asks the program to end, and waits until it has.</summary>
    internal void Interrupt()
    {
        _ = Linux.Kill(Id, Linux.SignalInterrupt);
        _process.WaitForExit(TimeSpan.FromSeconds(10));
    }

    /// <summary>Asks the program to end in order, as a service is asked.</summary>
    /// <exception cref="LoadException">It takes longer.</exception>
    internal void Terminate(TimeSpan timeMax)
    {
        _ = Linux.Kill(Id, Linux.SignalTerminate);
        if (!_process.WaitForExit(timeMax))
        {
            throw new LoadException($"the broker does not end:\n{LastOutput()}");
        }
    }

    /// <summary>Stops the program and all its children where they are, or lets them go on; nothing once it was disposed of.</summary>
    internal void Pause(bool paused)
    {
        if (paused != _paused && Running.ContainsKey(this))
        {
            Signal(paused ? Linux.SignalStop : Linux.SignalContinue);
            _paused = paused;
        }
    }

    /// <summary>Ends whatever still runs: what a failed start left, and everything when the harness is interrupted twice.</summary>
    internal static void EndAll()
    {
        foreach (ChildProcess child in Running.Keys)
        {
            child.Dispose();
        }
    }

    /// <summary>Ends the program and all its children at once: what they wrote is thrown away with them.</summary>
    public void Dispose()
    {
        if (!Running.TryRemove(this, out _))
        {
            return;
        }

        if (!_process.HasExited)
        {
            Signal(Linux.SignalKill);
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }

        _process.Dispose();
    }

    private void Signal(int signal)
    {
        foreach (int process in ProcessFigures.Tree(Id).ToArray())
        {
            _ = Linux.Kill(process, signal);
        }
    }
}
