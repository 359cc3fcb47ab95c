using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Wire;

public sealed class HeaderTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "client")]
    [InlineData(1, null)]
    [InlineData(2, "client")]
    [InlineData(2, null)]
    public void A_request_header_comes_back(short headerVersion, string? clientId)
    {
        using var writer = new WireWriter();
        var sent = new RequestHeader(ApiKey.Fetch, 12, 345, clientId);
        sent.Write(writer, headerVersion);
        var reader = new WireReader(writer.Written);
        Assert.Equal(sent, RequestHeader.Read(ref reader, headerVersion));
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_response_header_comes_back(short headerVersion)
    {
        using var writer = new WireWriter();
        new ResponseHeader(77).Write(writer, headerVersion);
        Assert.Equal(4 + headerVersion, writer.Position);
        var reader = new WireReader(writer.Written);
        Assert.Equal(77, ResponseHeader.Read(ref reader, headerVersion).CorrelationId);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Header_versions_follow_the_flexible_versions_with_two_exceptions()
    {
        Assert.Equal(1, RequestHeader.VersionOf<FetchRequest>(11));
        Assert.Equal(2, RequestHeader.VersionOf<FetchRequest>(12));
        Assert.Equal(0, RequestHeader.VersionOf<ControlledShutdownRequest>(0));
        Assert.Equal(1, RequestHeader.VersionOf<ControlledShutdownRequest>(1));
        Assert.Equal(2, RequestHeader.VersionOf<ApiVersionsRequest>(99));
        Assert.Equal(1, RequestHeader.VersionOf<SaslHandshakeRequest>(1));
        Assert.Equal(0, ResponseHeader.VersionOf<FetchResponse>(11));
        Assert.Equal(1, ResponseHeader.VersionOf<FetchResponse>(12));
        Assert.Equal(0, ResponseHeader.VersionOf<ApiVersionsResponse>(4));
        Assert.Equal(0, ResponseHeader.VersionOf<SaslHandshakeResponse>(1));
    }

    [Fact]
    public void The_client_id_stays_an_old_string()
    {
        byte[] frame = [0, 18, 0, 3, 0, 0, 0, 9, 0, 2, (byte)'m', (byte)'e', 1, 7, 2, 0xaa, 0xbb, 5];
        var reader = new WireReader(frame);
        Assert.Equal(new RequestHeader(ApiKey.ApiVersions, 3, 9, "me"), RequestHeader.Read(ref reader, 2));
        Assert.Equal(5, reader.ReadByte());
    }
}
