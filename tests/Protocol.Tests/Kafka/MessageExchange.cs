using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using KLog.Tests;

namespace KLog.Protocol.Tests.Kafka;

/// <summary>
/// Sends messages through Kafka's own classes (MessageExchange.java, compiled by the java launcher) and brings back
/// what Kafka makes of them. One JVM for one list of messages.
/// </summary>
internal static class MessageExchange
{
    public static IReadOnlyList<Answer> Run(string kafkaVersion, IReadOnlyList<Question> questions)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Kafka", "MessageExchange.java");
        var start = new ProcessStartInfo("java", ["-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m", "-cp", Path.Combine(KafkaHome.Folder!, kafkaVersion, "*"), source])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process java = Process.Start(start)!;
        Task<string> errors = java.StandardError.ReadToEndAsync();
        Task sending = Task.Run(() =>
        {
            using Stream input = java.StandardInput.BaseStream;
            input.Write(Encode(questions));
        });
        using var output = new MemoryStream();
        java.StandardOutput.BaseStream.CopyTo(output);
        java.WaitForExit();
        Assert.True(java.ExitCode == 0, $"java ended with {java.ExitCode}: {errors.Result}");
        sending.Wait();
        return Decode(output.ToArray(), questions.Count);
    }

    private static byte[] Encode(IReadOnlyList<Question> questions)
    {
        using var bytes = new MemoryStream();
        Span<byte> head = stackalloc byte[9];
        foreach (Question question in questions)
        {
            BinaryPrimitives.WriteInt16BigEndian(head, (short)question.ApiKey);
            head[2] = question.IsRequest ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt16BigEndian(head[3..], question.Version);
            BinaryPrimitives.WriteInt32BigEndian(head[5..], question.Bytes.Length);
            bytes.Write(head);
            bytes.Write(question.Bytes);
        }

        return bytes.ToArray();
    }

    private static List<Answer> Decode(byte[] bytes, int count)
    {
        var answers = new List<Answer>();
        int at = 0;
        while (answers.Count < count)
        {
            short header = BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at));
            at += 2;
            byte[] first = Block();
            answers.Add(header < 0
                ? new Answer(header, [], "", Encoding.UTF8.GetString(first))
                : new Answer(header, first, Encoding.UTF8.GetString(Block()), null));
        }

        Assert.Equal(bytes.Length, at);
        return answers;

        byte[] Block()
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            at += 4 + length;
            return bytes[(at - length)..at];
        }
    }
}

/// <summary>A message's body, for Kafka to read.</summary>
internal sealed record Question(ApiKey ApiKey, bool IsRequest, short Version, byte[] Bytes);

/// <summary>What Kafka understood, or why it refused.</summary>
internal sealed record Answer(short HeaderVersion, byte[] Bytes, string Json, string? Refusal);
