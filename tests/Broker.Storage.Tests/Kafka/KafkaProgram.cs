using System.Diagnostics;
using KLog.Tests;

namespace KLog.Broker.Storage.Tests.Kafka;

/// <summary>A program out of Kafka's jars.</summary>
internal sealed class KafkaProgram : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private KafkaProgram(string version, string mainClass, string[] arguments)
    {
        string[] java = ["-XX:TieredStopAtLevel=1", "-Xmx384m", "-cp", Path.Combine(KafkaHome.Folder!, version, "*"), mainClass];
        _process = Process.Start(new ProcessStartInfo("java", [.. java, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static KafkaProgram Start(string version, string mainClass, params string[] arguments) =>
        new(version, mainClass, arguments);

    /// <summary>Runs it to its end; answers with its output.</summary>
    public static async Task<string> RunAsync(string version, string mainClass, params string[] arguments)
    {
        using KafkaProgram program = Start(version, mainClass, arguments);
        await program._process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        string output = await program._output;
        Assert.True(program._process.ExitCode == 0, $"{mainClass} failed: {output}{await program._errors}");
        return output;
    }

    /// <summary>As kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
