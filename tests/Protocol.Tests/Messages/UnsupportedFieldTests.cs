using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Messages;

/// <summary>What a version cannot carry is dropped where Kafka says that it may be, and refused otherwise.</summary>
public sealed class UnsupportedFieldTests
{
    [Fact]
    public void An_ignorable_field_is_dropped()
    {
        var request = new FetchRequest { RackId = "a", MaxBytes = 7 };
        Assert.Equal("", RoundTrip(request, 10).RackId);
        Assert.Equal(int.MaxValue, RoundTrip(request, 2).MaxBytes);
        Assert.Equal("a", RoundTrip(request, 11).RackId);
    }

    [Fact]
    public void Another_field_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new ProduceRequest { TransactionalId = "t" }, 2));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new FetchRequest { ForgottenTopicsData = [new()] }, 6));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new FetchRequest { ReplicaId = 3 }, 15));
    }

    [Fact]
    public void A_tagged_struct_is_refused_where_it_has_no_tag()
    {
        var request = new FetchRequest { ReplicaState = new() { ReplicaId = 3, ReplicaEpoch = 4 } };
        Assert.Throws<InvalidOperationException>(() => RoundTrip(request, 14));
        Assert.Equal(4, RoundTrip(request, 15).ReplicaState.ReplicaEpoch);
    }

    [Fact]
    public void Null_is_refused_where_the_version_has_none()
    {
        var request = new MetadataRequest { Topics = null };
        Assert.Null(RoundTrip(request, 1).Topics);
        Assert.Throws<InvalidOperationException>(() => RoundTrip(request, 0));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new FetchRequest { Topics = null! }, 4));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new FetchRequest { RackId = null! }, 11));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new FetchRequest { ReplicaState = null! }, 15));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new FetchRequest { Topics = [null!] }, 4));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new DeleteGroupsRequest { GroupsNames = [null!] }, 0));
        Assert.Throws<InvalidOperationException>(() => RoundTrip(new ProduceResponse { NodeEndpoints = null! }, 10));
    }

    [Fact]
    public void A_tagged_field_with_its_default_is_not_sent()
    {
        using var writer = new WireWriter();
        var topic = new FetchRequest.FetchTopic { Partitions = [new() { HighWatermark = long.MaxValue }] };
        new FetchRequest { Topics = [topic] }.Write(writer, 18);
        int plain = writer.Position;
        writer.Reset();
        topic.Partitions[0].HighWatermark = 5;
        new FetchRequest { Topics = [topic] }.Write(writer, 18);
        Assert.Equal(plain + 10, writer.Position); // A tag, a size and eight bytes.
    }

    [Fact]
    public void An_unknown_tag_is_passed_over_and_a_wrong_size_is_not()
    {
        Assert.Equal("c", ReadApiVersions([2, (byte)'c', 2, (byte)'1', 1, 99, 3, 1, 2, 3]).ClientSoftwareName);
        Assert.Throws<ProtocolViolationException>(() => ReadApiVersions([2, (byte)'c', 2, (byte)'1', 1, 99, 4, 1, 2, 3]));
        Assert.Throws<ProtocolViolationException>(() => ReadFetchWithClusterId(3));
        Assert.Throws<ProtocolViolationException>(() => ReadFetchWithClusterId(5));
        Assert.Equal("abc", ReadFetchWithClusterId(4).ClusterId);
    }

    private static ApiVersionsRequest ReadApiVersions(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return ApiVersionsRequest.Read(ref reader, 3);
    }

    private static FetchRequest ReadFetchWithClusterId(byte declaredSize)
    {
        using var writer = new WireWriter();
        new FetchRequest { ClusterId = "abc" }.Write(writer, 12);
        byte[] bytes = [.. writer.Written.ToArray(), 0, 0];
        Assert.Equal(4, bytes[^7]);
        bytes[^7] = declaredSize;
        var reader = new WireReader(bytes);
        return FetchRequest.Read(ref reader, 12);
    }

    private static T RoundTrip<T>(T message, short version)
        where T : IMessage<T>
    {
        using var writer = new WireWriter();
        message.Write(writer, version);
        var reader = new WireReader(writer.Written);
        return T.Read(ref reader, version);
    }
}
