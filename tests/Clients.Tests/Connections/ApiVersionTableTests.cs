using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Tests.Connections;

/// <summary>The version that is chosen; OffsetFetch is known here from 0 to 10.</summary>
public sealed class ApiVersionTableTests
{
    [Theory]
    [InlineData(0, 20, 0, 99, 10)]
    [InlineData(1, 7, 0, 99, 7)]
    [InlineData(0, 10, 0, 9, 9)]
    [InlineData(0, 10, 8, 9, 9)]
    [InlineData(0, 7, 8, 9, null)]
    [InlineData(11, 12, 0, 99, null)]
    [InlineData(10, 10, 0, 9, null)]
    public void It_is_the_greatest_that_all_know(short theirMin, short theirMax, short min, short max, int? expected)
    {
        ApiVersionTable table = Table(theirMin, theirMax);
        Assert.Equal(expected is not null, table.TryChoose<OffsetFetchRequest>(out short version, min, max));
        Assert.True(expected is null || expected == version);
    }

    [Fact]
    public void None_is_told_with_both_ranges()
    {
        UnsupportedRequestException error = Assert.Throws<UnsupportedRequestException>(() => Table(0, 7).Choose<OffsetFetchRequest>(8, 9));
        Assert.Equal("b:1: OffsetFetch is needed in versions 8-9, and the broker has 0-7", error.Message);
        error = Assert.Throws<UnsupportedRequestException>(() => Table(0, 7).Choose<DescribeGroupsRequest>());
        Assert.Equal("b:1: DescribeGroups is needed in versions 0-6, and the broker has none", error.Message);
        Assert.False(error.IsRetriable);
    }

    private static ApiVersionTable Table(short min, short max) => new(
        new BrokerAddress("b", 1),
        [new ApiVersionsResponse.ApiVersion { ApiKey = (short)ApiKey.OffsetFetch, MinVersion = min, MaxVersion = max }]);
}
