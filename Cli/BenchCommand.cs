using System.CommandLine;
using System.Diagnostics;

namespace KLog.Cli;

/// <summary>
/// The throughput harness is a program of its own beside this one; in the source tree the <c>klog</c> script builds and
/// runs it without this detour.
/// </summary>
internal static class BenchCommand
{
    private const string Program = "klog-bench";

    public static Command Make()
    {
        Argument<string[]> rest = new("arguments") { Description = "What the harness is told; klog bench --help lists it.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("bench", "Measure KLog, Apache Kafka or any other broker.") { rest };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellation) => RunAsync([.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "..", "bench", Program);
        if (!File.Exists(path))
        {
            throw new UserErrorException("the harness is not part of this installation; run ./klog bench in KLog's source tree");
        }

        using Process program = Process.Start(new ProcessStartInfo(path, arguments) { UseShellExecute = false })
            ?? throw new UserErrorException($"{path} does not start");
        try
        {
            await program.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync(CancellationToken.None);
        }

        return program.ExitCode;
    }
}
