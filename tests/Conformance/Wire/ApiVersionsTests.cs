using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Wire;

/// <summary>What the broker says it can do, compared with what real Kafkas say.</summary>
[Collection(WireCollection.Name)]
public sealed class ApiVersionsTests(BrokerUnderTest broker)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_version_of_either_kafka_is_advertised(short version)
    {
        using WireClient client = new(broker.Port);
        ApiVersionsResponse response = await client.SendAsync(Request(), version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Dictionary<ApiKey, VersionRange> ranges =
            response.ApiKeys.ToDictionary(k => (ApiKey)k.ApiKey, k => new VersionRange(k.MinVersion, k.MaxVersion));
        foreach (ApiKey key in Advertised.ByKafka.Keys)
        {
            VersionRange expected = Advertised.Expected(key, BrokerUnderTest.Kind);
            VersionRange told = ranges.GetValueOrDefault(key, VersionRange.None);
            Assert.True(expected == told, $"{key}: expected {expected}, got {told}");
        }
    }

    [Fact]
    public async Task Telemetry_streams_groups_and_share_groups_are_not_advertised()
    {
        if (!BrokerUnderTest.IsKLog)
        {
            return; // Kafka has them.
        }

        using WireClient client = new(broker.Port);
        ApiVersionsResponse response = await client.SendAsync(Request(), 3);
        Assert.DoesNotContain(response.ApiKeys, k => (ApiKey)k.ApiKey is ApiKey.GetTelemetrySubscriptions or ApiKey.PushTelemetry
            || ((ApiKey)k.ApiKey).ToString().StartsWith("Share", StringComparison.Ordinal)
            || ((ApiKey)k.ApiKey).ToString().StartsWith("Streams", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(99)]
    [InlineData(short.MaxValue)]
    public async Task An_unknown_version_is_answered_in_version_0(short version)
    {
        using WireClient client = new(broker.Port);
        // The body is one that no one can read: the header, which ends with no tagged fields, must do.
        await client.Stream.WriteAsync(new byte[] { 0, 0, 0, 13, 0, 18, (byte)(version >> 8), (byte)version, 0, 0, 0, 7, 0xff, 0xff, 0, 0x99, 0x99 });
        byte[]? frame = await client.ReadFrameAsync();
        ApiVersionsResponse response = WireClient.Decode<ApiVersionsResponse>(frame!, 0, 7);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        Assert.Contains(response.ApiKeys, k => k.ApiKey == (short)ApiKey.ApiVersions && k.MinVersion == 0 && k.MaxVersion is 3 or 4);

        // The connection lives on, as the client needs it for its second try.
        Assert.Equal(ErrorCode.None, (await client.SendAsync(Request(), 3)).ErrorCode);
    }

    [Fact]
    public async Task A_client_without_a_legal_name_is_refused()
    {
        using WireClient client = new(broker.Port);
        ApiVersionsResponse response = await client.SendAsync(new ApiVersionsRequest { ClientSoftwareName = "no spaces", ClientSoftwareVersion = "1" }, 3);
        Assert.Equal(ErrorCode.InvalidRequest, response.ErrorCode);
    }

    private static ApiVersionsRequest Request() => new() { ClientSoftwareName = "conformance", ClientSoftwareVersion = "1.0" };
}
