using System.Reflection;
using System.Text.Json.Nodes;
using KLog.Protocol.Tests.Definitions;
using KLog.Protocol.Tests.Messages;
using KLog.Protocol.Wire;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Kafka;

/// <summary>
/// Kafka's own classes read what we write: they find the same values in it, write the same bytes again, and use the
/// same header versions. All messages in all versions that the two have in common.
/// </summary>
public sealed class KafkaAgreesTests(ITestOutputHelper output)
{
    [KafkaTheory("java")]
    [InlineData("3.9.2")]
    [InlineData("4.3.1")]
    public void Kafka_understands_every_message_in_every_version(string kafkaVersion)
    {
        Random random = Seed.Random(output);
        var messages = new List<(Type Type, short Version, object Sent)>();
        var questions = new List<Question>();
        foreach (Type type in MessageTypes.All)
        {
            var codec = MessageCodec.Of(type);
            ApiKey apiKey = type.GetCustomAttribute<MessageAttribute>()!.ApiKey;
            VersionRange known = KafkaSchema.Find(kafkaVersion, type.Name)?.ValidVersions ?? VersionRange.None;
            foreach (short version in Versions.Each(known))
            {
                for (int i = 0; i < 4; i++)
                {
                    object sent = new MessageFiller(random, version).Make(type);
                    messages.Add((type, version, sent));
                    questions.Add(new Question(apiKey, type.Name.EndsWith("Request", StringComparison.Ordinal), version, codec.ToBytes(sent, version)));
                }
            }
        }

        Assert.True(questions.Count > 1000);
        IReadOnlyList<Answer> answers = MessageExchange.Run(kafkaVersion, questions);
        for (int i = 0; i < answers.Count; i++)
        {
            Check(messages[i].Type, messages[i].Version, messages[i].Sent, questions[i], answers[i]);
        }
    }

    private static void Check(Type type, short version, object sent, Question question, Answer answer)
    {
        string name = $"{type.Name} version {version}";
        Assert.True(answer.Refusal is null, $"{name}: {answer.Refusal}");
        JsonNode ours = MessageJson.Of(sent, version);
        JsonNode theirs = JsonNode.Parse(answer.Json)!;
        Assert.True(JsonNode.DeepEquals(ours, theirs), $"{name}:\nours   {ours.ToJsonString()}\ntheirs {theirs.ToJsonString()}");
        Assert.True(question.Bytes.AsSpan().SequenceEqual(answer.Bytes), $"{name}: other bytes for {answer.Json}");
        var codec = MessageCodec.Of(type);
        Assert.Equal(
            (name, answer.HeaderVersion),
            (name, question.IsRequest ? codec.RequestHeaderVersion(version) : codec.ResponseHeaderVersion(version)));
    }
}
