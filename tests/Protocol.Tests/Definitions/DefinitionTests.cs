using System.Reflection;
using KLog.Protocol.Wire;
using KLog.Tests;

namespace KLog.Protocol.Tests.Definitions;

/// <summary>
/// Our messages against Kafka's own definitions: each version of each message must have the same fields in the same
/// order, with the same types, nulls, tags and defaults.
/// </summary>
public sealed class DefinitionTests
{
    private static readonly string[] KafkaVersions = ["3.9.2", "4.3.1"];

    public static TheoryData<string> Messages => MessageTypes.Names;

    public static TheoryData<string, string> MessagesOfEachKafka
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string kafka in KafkaVersions)
            {
                foreach (Type type in MessageTypes.All)
                {
                    data.Add(kafka, type.Name);
                }
            }

            return data;
        }
    }

    [KafkaTheory]
    [MemberData(nameof(MessagesOfEachKafka))]
    public void Every_version_has_Kafkas_fields(string kafkaVersion, string message)
    {
        Type type = MessageTypes.Named(message);
        if (KafkaSchema.Find(kafkaVersion, message) is not { ValidVersions.IsEmpty: false } theirs)
        {
            return; // Removed in one, or new in the other: Versions_are_the_union sees to it that one has it.
        }

        foreach (short version in Versions.Each(theirs.ValidVersions))
        {
            Assert.Equal(
                $"{message} version {version}\n{theirs.Describe(version)}",
                $"{message} version {version}\n{OurSchema.Describe(type, version, theirs.ValidVersions)}");
        }
    }

    [KafkaTheory]
    [MemberData(nameof(Messages))]
    public void Versions_are_the_union_of_Kafkas(string message)
    {
        Type type = MessageTypes.Named(message);
        KafkaSchema[] known = KafkaVersions
            .Select(kafka => KafkaSchema.Find(kafka, message))
            .Where(schema => schema is { ValidVersions.IsEmpty: false })
            .ToArray()!;
        Assert.NotEmpty(known);
        var attribute = type.GetCustomAttribute<MessageAttribute>()!;
        Assert.Equal(
            new VersionRange(known.Min(k => k.ValidVersions.Min), known.Max(k => k.ValidVersions.Max)),
            Versions.Parse(attribute.Versions));
        Assert.All(known, k => Assert.Equal(k.ApiKey, (short)attribute.ApiKey));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Generated_facts_are_the_attributes(string message)
    {
        Type type = MessageTypes.Named(message);
        var attribute = type.GetCustomAttribute<MessageAttribute>()!;
        VersionRange versions = Versions.Parse(attribute.Versions);
        VersionRange flexible = Versions.Parse(attribute.Flexible);
        Assert.Equal(attribute.ApiKey, type.GetProperty("ApiKey")!.GetValue(null));
        Assert.Equal(versions, type.GetProperty("Versions")!.GetValue(null));
        Assert.Equal(
            flexible.IsEmpty ? VersionRange.None : new VersionRange(Math.Max(flexible.Min, versions.Min), Math.Min(flexible.Max, versions.Max)),
            type.GetProperty("FlexibleVersions")!.GetValue(null));
    }
}
