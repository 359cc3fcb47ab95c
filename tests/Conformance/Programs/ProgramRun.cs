using System.Diagnostics;
using System.Text;

namespace KLog.Conformance.Programs;

/// <summary>What a program printed, and how it ended.</summary>
/// <param name="Output">Standard output, and after it standard error.</param>
internal sealed record ProgramResult(string Command, int ExitCode, string Output)
{
    /// <summary>Lines without their ends, empty ones left out.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Fails the test when the program failed.</summary>
    public ProgramResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"{Command}\nexited with {ExitCode}:\n{Output}");
        return this;
    }

    public ProgramResult Printed(string text)
    {
        Assert.True(Output.Contains(text, StringComparison.Ordinal), $"{Command}\nshould have printed: {text}\nbut printed:\n{Output}");
        return this;
    }

    public ProgramResult DidNotPrint(string text)
    {
        Assert.False(Output.Contains(text, StringComparison.Ordinal), $"{Command}\nshould not have printed: {text}\nbut printed:\n{Output}");
        return this;
    }
}

/// <summary>Runs one program to its end, with bounded time.</summary>
internal static class ProgramRun
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(40);

    public static Task<ProgramResult> RunAsync(string file, params string[] arguments) => RunAsync(file, arguments, "");

    public static async Task<ProgramResult> RunAsync(
        string file, IReadOnlyList<string> arguments, string input, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        string command = $"{file} {string.Join(' ', arguments)}";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input));
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(TimeLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new ProgramResult(command, -1, $"{await output}{await errors}\nstopped after {TimeLimit.TotalSeconds:0} s");
        }

        return new ProgramResult(command, process.ExitCode, await output + await errors);
    }
}
