using System.Reflection;
using KLog.Protocol.Tests.Definitions;
using KLog.Protocol.Wire;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Messages;

/// <summary>What a version can carry comes back as it was written, and from the same bytes.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    public static TheoryData<string> Messages => MessageTypes.Names;

    [Theory]
    [MemberData(nameof(Messages))]
    public void Random_values_come_back(string message)
    {
        Random random = Seed.Random(output);
        Type type = MessageTypes.Named(message);
        var codec = MessageCodec.Of(type);
        foreach (short version in Versions.Each(codec.Versions))
        {
            for (int i = 0; i < 5; i++)
            {
                object sent = new MessageFiller(random, version).Make(type);
                byte[] bytes = codec.ToBytes(sent, version);
                object received = codec.FromBytes(bytes, version);
                Assert.Equal($"version {version}: {MessageJson.Whole(sent)}", $"version {version}: {MessageJson.Whole(received)}");
                Assert.Equal(bytes, codec.ToBytes(received, version));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Defaults_come_back_in_every_version(string message)
    {
        Type type = MessageTypes.Named(message);
        var codec = MessageCodec.Of(type);
        foreach (short version in Versions.Each(codec.Versions))
        {
            object sent = Activator.CreateInstance(type)!;
            foreach ((PropertyInfo property, FieldAttribute field) in MessageTypes.Fields(type))
            {
                bool mustBeSet = property.GetValue(sent) is null
                    && Versions.Parse(field.Versions).Contains(version)
                    && !Versions.Parse(field.Nullable).Contains(version);
                if (mustBeSet)
                {
                    Assert.Throws<InvalidOperationException>(() => codec.ToBytes(sent, version));
                    property.SetValue(sent, Empty(property.PropertyType));
                }
            }

            object received = codec.FromBytes(codec.ToBytes(sent, version), version);
            Assert.Equal(MessageJson.Whole(sent), MessageJson.Whole(received));
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Versions_outside_are_refused(string message)
    {
        Type type = MessageTypes.Named(message);
        var codec = MessageCodec.Of(type);
        foreach (short version in new[] { (short)(codec.Versions.Min - 1), (short)(codec.Versions.Max + 1) })
        {
            Assert.Throws<ProtocolViolationException>(() => codec.FromBytes(new byte[1000], version));
            Assert.Throws<InvalidOperationException>(() => codec.ToBytes(Activator.CreateInstance(type)!, version));
        }
    }

    private static object Empty(Type type) =>
        type == typeof(string) ? "" : Array.CreateInstance(type.GetElementType()!, 0);
}
