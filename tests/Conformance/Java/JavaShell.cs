using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Java;

/// <summary>
/// One JVM on the jars of one Kafka version, which runs main methods one after the other (java/shell/Shell.java
/// tells the framing). A main that takes too long costs its JVM; the next one gets a new JVM.
/// </summary>
internal sealed class JavaShell(string version, string classes) : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(40);

    private readonly SemaphoreSlim _turn = new(1);
    private Process? _process;

    public async Task<ProgramResult> RunAsync(string mainClass, IReadOnlyList<string> arguments, string input = "")
    {
        string command = $"{version}: {mainClass} {string.Join(' ', arguments)}";
        await _turn.WaitAsync();
        try
        {
            _process ??= Start();
            using CancellationTokenSource limit = new(TimeLimit);
            Stream commands = _process.StandardInput.BaseStream;
            await commands.WriteAsync(Frame([mainClass, .. arguments], Encoding.UTF8.GetBytes(input)), limit.Token);
            await commands.FlushAsync(limit.Token);
            Stream answers = _process.StandardOutput.BaseStream;
            byte[] header = new byte[8];
            await answers.ReadExactlyAsync(header, limit.Token);
            byte[] output = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))];
            await answers.ReadExactlyAsync(output, limit.Token);
            return new ProgramResult(command, BinaryPrimitives.ReadInt32BigEndian(header), Encoding.UTF8.GetString(output));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            string reason = e is OperationCanceledException ? $"stopped after {TimeLimit.TotalSeconds:0} s" : "the JVM ended";
            Dispose();
            return new ProgramResult(command, -1, reason);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Started for short runs: little time goes into optimizing code.</summary>
    private Process Start() => Process.Start(new ProcessStartInfo(
        "java",
        [
            "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Dlevel=WARN",
            $"-Dlog4j.configuration=file:{Prerequisites.KafkaHome}/log4j.properties",
            $"-Dlog4j2.configurationFile={Prerequisites.KafkaHome}/log4j2.properties",
            "-cp", $"{classes}:{Prerequisites.KafkaHome}/{version}/*", "Shell",
        ])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static byte[] Frame(string[] words, byte[] input)
    {
        using MemoryStream frame = new();
        WriteInt32(frame, words.Length);
        foreach (string word in words)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(word);
            frame.Write([(byte)(bytes.Length >> 8), (byte)bytes.Length]);
            frame.Write(bytes);
        }

        WriteInt32(frame, input.Length);
        frame.Write(input);
        return frame.ToArray();
    }

    private static void WriteInt32(MemoryStream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        stream.Write(bytes);
    }
}
