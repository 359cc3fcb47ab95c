using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Wire;

/// <summary>Every request in every version that is advertised: answered, decoded to the last byte, and with the right content.</summary>
[Collection(WireCollection.Name)]
public sealed class EveryVersionTests(BrokerUnderTest broker)
{
    public static TheoryData<ApiKey, short> Cases()
    {
        TheoryData<ApiKey, short> cases = [];
        foreach (ApiKey key in Exchanges.All.Keys)
        {
            VersionRange versions = Advertised.Expected(key, BrokerUnderTest.Kind);
            // Message sets, which these records are not: ProduceTests tells how they are refused.
            short first = key == ApiKey.Produce ? (short)3 : key == ApiKey.Fetch ? Math.Max(versions.Min, (short)4) : versions.Min;
            for (short version = first; version <= versions.Max; version++)
            {
                cases.Add(key, version);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_request_is_answered(ApiKey key, short version)
    {
        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client, partitions: 2);
        await client.SendAsync(Batches.Produce(topic, Batches.Of(3)), 9);
        await Exchanges.All[key](client, topic, version);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_fetch_of_message_sets_is_refused(short version)
    {
        if (BrokerUnderTest.Kind == "kafka-3.9.2")
        {
            return; // It still converts.
        }

        using WireClient client = new(broker.Port);
        Topic topic = await Topic.CreateAsync(client);
        int id = await client.WriteAsync(Batches.Fetch(topic, 0), version);
        byte[]? frame = await client.ReadFrameAsync();
        if (BrokerUnderTest.IsKLog)
        {
            FetchResponse response = WireClient.Decode<FetchResponse>(frame!, version, id);
            Assert.Equal(ErrorCode.UnsupportedVersion, response.Responses[0].Partitions[0].ErrorCode);
        }
        else
        {
            Assert.Null(frame);
        }
    }
}
