using System.Text;
using KLog.Conformance.Broker;
using KLog.Conformance.Wire;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Fuzz;

/// <summary>Input that is no request: the connection that it came on is closed, and nothing else happens.</summary>
[Collection(BadInputCollection.Name)]
public sealed class BadInputTests(BrokerUnderTest broker)
{
    /// <summary>Version 4 of a metadata request up to its topics.</summary>
    private static readonly byte[] MetadataHeader = [0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff];

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    [InlineData("ssh: is anybody there?")]
    public Task Other_protocols(string text) => IsClosedAsync(Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData(104_857_601)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public Task A_length_beyond_the_limits(int length) => IsClosedAsync(Int32(length));

    [Fact]
    public Task An_empty_frame() => IsClosedAsync(Int32(0));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(9)]
    public Task A_header_cut_short(int length) => IsClosedAsync(Framed(MetadataHeader[..length]));

    [Theory]
    [InlineData(999, 0)]
    [InlineData(-1, 0)]
    [InlineData(3, 99)]
    [InlineData(3, -1)]
    [InlineData(0, 200)]
    [InlineData(1, 99)]
    public Task An_unknown_request_or_version(short key, short version) =>
        IsClosedAsync(Framed([(byte)(key >> 8), (byte)key, (byte)(version >> 8), (byte)version, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]));

    [Fact]
    public Task A_body_cut_short() => IsClosedAsync(Framed([.. MetadataHeader, 0, 0, 0, 1, 0, 5, (byte)'a']));

    [Fact]
    public Task A_string_longer_than_its_frame() => IsClosedAsync(Framed([.. MetadataHeader, 0, 0, 0, 1, 0x7f, 0xff, (byte)'a', 0]));

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(100_000_000)]
    public async Task An_array_length_that_cannot_be(int length)
    {
        // Kafka takes every negative length for null; here only -1 is.
        if (BrokerUnderTest.IsKLog || length >= 0)
        {
            await IsClosedAsync(Framed([.. MetadataHeader, .. Int32(length), 0]));
        }
    }

    [Fact]
    public async Task A_frame_may_come_byte_by_byte()
    {
        using WireClient client = new(broker.Port);
        foreach (byte b in Framed([.. MetadataHeader, 0, 0, 0, 0, 0]))
        {
            await client.Stream.WriteAsync(new[] { b });
        }

        Assert.NotEmpty((await client.ReadAsync<MetadataResponse>(4, 1)).Brokers);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_frame_is_forgotten()
    {
        for (int i = 0; i < 100; i++)
        {
            using WireClient client = new(broker.Port);
            await client.Stream.WriteAsync(Framed([.. MetadataHeader, 0, 0, 0, 0, 0]).AsMemory(0, 4 + (i % 10)));
        }

        await ServesAsync();
    }

    [Fact]
    public async Task Frames_that_are_only_promised_take_no_memory()
    {
        if (!BrokerUnderTest.IsKLog)
        {
            return; // Kafka allocates what is promised, and is out of memory with the heap that it has here.
        }

        long before = broker.Running.ResidentBytes;
        List<WireClient> clients = [];
        for (int i = 0; i < 40; i++)
        {
            WireClient client = new(broker.Port);
            clients.Add(client);
            await client.Stream.WriteAsync((byte[])[.. Int32(100_000_000), .. MetadataHeader]);
        }

        await ServesAsync();
        long grown = broker.Running.ResidentBytes - before;
        clients.ForEach(c => c.Dispose());
        Assert.True(grown < 200 << 20, $"the broker grew by {grown >> 20} MiB");
        await ServesAsync();
    }

    [Theory]
    [InlineData("not/legal")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("space here")]
    [InlineData("überall")]
    public async Task Illegal_topic_names(string name)
    {
        using WireClient client = new(broker.Port);
        MetadataResponse response = await client.SendAsync(new MetadataRequest { Topics = [new() { Name = name }] }, 9);
        Assert.Equal(ErrorCode.InvalidTopicException, response.Topics.Single().ErrorCode);
    }

    private async Task IsClosedAsync(byte[] bytes)
    {
        using WireClient client = new(broker.Port);
        await client.IsClosedAfterAsync(bytes);
        await ServesAsync();
    }

    private async Task ServesAsync()
    {
        using WireClient client = new(broker.Port);
        Assert.Equal(broker.BrokerId, (await client.SendAsync(new MetadataRequest { Topics = [] }, 9)).Brokers.Single().NodeId);
    }

    private static byte[] Framed(byte[] frame) => [.. Int32(frame.Length), .. frame];

    private static byte[] Int32(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
