using System.Diagnostics;

namespace KLog.Cli.Tests;

/// <summary>Runs the program as a user does, in a temporary folder of its own.</summary>
internal sealed class CommandLineRun : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>artifacts/bin/klog/(configuration)/klog, beside artifacts/bin/KLog.Cli.Tests/(configuration).</summary>
    private static readonly string Program =
        Path.Combine(AppContext.BaseDirectory, "..", "..", "klog", new DirectoryInfo(AppContext.BaseDirectory).Name, "klog");

    public string Folder { get; } = Directory.CreateTempSubdirectory("klog-cli-").FullName;

    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        return Process.Start(start)!;
    }

    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output, await errors);
    }
}
