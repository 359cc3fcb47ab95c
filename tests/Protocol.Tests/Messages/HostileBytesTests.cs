using KLog.Protocol.Messages;
using KLog.Protocol.Tests.Definitions;
using KLog.Protocol.Wire;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Messages;

/// <summary>Whatever bytes come: a message, or a violation of the protocol, and never more memory than the bytes are worth.</summary>
public sealed class HostileBytesTests(ITestOutputHelper output)
{
    /// <summary>What a refusal costs by itself: the exception, its message and its trace.</summary>
    private const int RefusalBytes = 32 * 1024;

    /// <summary>The most that a byte of a frame may be blown up by: an object of several fields for a few bytes.</summary>
    private const int GrowthMax = 32;

    public static TheoryData<string> Messages => MessageTypes.Names;

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_cut_anywhere_is_refused(string message)
    {
        Random random = Seed.Random(output);
        Type type = MessageTypes.Named(message);
        var codec = MessageCodec.Of(type);
        foreach (short version in Versions.Each(codec.Versions))
        {
            byte[] bytes = codec.ToBytes(new MessageFiller(random, version, elementsMax: 2).Make(type), version);
            int step = 1 + (bytes.Length / 50);
            for (int length = random.Next(step); length < bytes.Length; length += step)
            {
                Assert.True(IsRefused(codec, bytes.AsMemory(0, length), version), $"version {version} cut at {length} of {bytes.Length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Changed_bytes_are_read_or_refused(string message)
    {
        Random random = Seed.Random(output);
        Type type = MessageTypes.Named(message);
        var codec = MessageCodec.Of(type);
        foreach (short version in Versions.Each(codec.Versions))
        {
            byte[] bytes = codec.ToBytes(new MessageFiller(random, version).Make(type), version);
            for (int i = 0; i < 25; i++)
            {
                byte[] changed = [.. bytes, .. new byte[random.Next(3) == 0 ? random.Next(2000) : 0]];
                for (int change = random.Next(1, 4); change > 0 && changed.Length > 0; change--)
                {
                    changed[random.Next(changed.Length)] = random.Next(3) switch { 0 => 0xff, 1 => 0x7f, _ => (byte)random.Next(256) };
                }

                IsRefused(codec, changed, version);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Many_tiny_elements_cost_a_small_multiple_of_their_bytes(string message)
    {
        Type type = MessageTypes.Named(message);
        var codec = MessageCodec.Of(type);
        foreach (short version in Versions.Each(codec.Versions))
        {
            foreach (object crowded in CrowdedMessages.Of(type, version, elements: 1500))
            {
                Assert.False(IsRefused(codec, codec.ToBytes(crowded, version), version));
            }
        }
    }

    [Fact]
    public void A_lying_array_length_costs_nothing()
    {
        // Version 1 of Metadata: an int32 length, then strings of which the first is null, which no version allows here.
        byte[] frame = new byte[16 << 20];
        frame.AsSpan().Fill(0xff);
        (frame[0], frame[1], frame[2], frame[3]) = (0, 0x40, 0, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolViolationException>(() =>
        {
            var reader = new WireReader(frame);
            return MetadataRequest.Read(ref reader, 1);
        });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private static bool IsRefused(MessageCodec codec, Memory<byte> bytes, short version)
    {
        bool refused = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var reader = new WireReader(bytes);
            codec.Read(ref reader, version);
        }
        catch (ProtocolViolationException)
        {
            refused = true;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= RefusalBytes + ((long)GrowthMax * bytes.Length), $"{bytes.Length} bytes of version {version} cost {allocated}");
        return refused;
    }
}
