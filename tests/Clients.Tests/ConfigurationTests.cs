using KLog.Clients.Errors;
using KLog.Protocol;

namespace KLog.Clients.Tests;

/// <summary>Addresses and properties, as users write them.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("localhost:9092", "localhost", 9092)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void An_address_is_read_and_printed(string text, string host, int port)
    {
        Assert.True(BrokerAddress.TryParse(text, out BrokerAddress? address));
        Assert.Equal(new BrokerAddress(host, port), address);
        Assert.Equal(text, $"{address}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":9092")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:+1")]
    [InlineData("::1:9092")]
    [InlineData("a b:9092")]
    [InlineData("PLAINTEXT://localhost:9092")]
    public void What_is_no_address_is_refused(string text) => Assert.False(BrokerAddress.TryParse(text, out _));

    [Fact]
    public void A_list_of_servers_is_read_and_a_wrong_one_named()
    {
        Assert.Equal([new("a", 1), new("b", 2)], BrokerAddress.ParseList(" a:1, b:2,"));
        InvalidConfigurationException error = Assert.Throws<InvalidConfigurationException>(() => BrokerAddress.ParseList("a:1,b", "--bootstrap-server"));
        Assert.Equal("--bootstrap-server=b: must be host:port", error.Message);
        Assert.Throws<InvalidConfigurationException>(() => BrokerAddress.ParseList(","));
    }

    [Fact]
    public void Properties_are_taken()
    {
        ClientOptions options = Options().With(new Dictionary<string, string>
        {
            ["client.id"] = "me",
            ["request.timeout.ms"] = "7",
            ["retry.backoff.ms"] = "0",
            ["ssl.truststore.location"] = "/unused",
        });
        Assert.Equal(("me", 7.0, 0.0, 60.0), (options.ClientId, options.RequestTimeout.TotalMilliseconds, options.RetryBackoff.TotalMilliseconds, options.ApiTimeout.TotalSeconds));
    }

    [Theory]
    [InlineData("request.timeout.ms", "soon")]
    [InlineData("default.api.timeout.ms", "-1")]
    [InlineData("security.protocol", "SASL_SSL")]
    public void A_value_that_cannot_be_is_refused_with_its_property(string name, string value)
    {
        InvalidConfigurationException error = Assert.Throws<InvalidConfigurationException>(
            () => Options().With(new Dictionary<string, string> { [name] = value }));
        Assert.Equal(name, error.Property);
        Assert.StartsWith($"{name}={value}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCode.NonEmptyGroup, null, "it is not empty (NON_EMPTY_GROUP)")]
    [InlineData(ErrorCode.InvalidTxnState, null, "INVALID_TXN_STATE")]
    [InlineData(ErrorCode.GroupIdNotFound, "Group g is not known.", "Group g is not known (GROUP_ID_NOT_FOUND)")]
    public void An_error_is_told_in_words_and_by_name(ErrorCode code, string? message, string expected) =>
        Assert.Equal(expected, ErrorTexts.Describe(code, message));

    private static ClientOptions Options() => new() { BootstrapServers = [new BrokerAddress("a", 1)] };
}
