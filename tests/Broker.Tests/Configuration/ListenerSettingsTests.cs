using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class ListenerSettingsTests
{
    private static BrokerConfig Config(params string[] overrides) => BrokerConfigFile.Load(null, overrides).Config;

    [Theory]
    [InlineData("PLAINTEXT://:9092", "PLAINTEXT", "", 9092)]
    [InlineData("plaintext://h:0", "PLAINTEXT", "h", 0)]
    [InlineData("A_B://[::1]:65535", "A_B", "::1", 65535)]
    public void A_listener_is_read(string text, string name, string host, int port) =>
        Assert.Equal(new ListenerAddress(name, host, port), ListenerAddress.TryParse(text));

    [Theory]
    [InlineData("localhost:9092")]
    [InlineData("PLAINTEXT://localhost")]
    [InlineData("PLAINTEXT://localhost:")]
    [InlineData("PLAINTEXT://localhost:65536")]
    [InlineData("PLAINTEXT://localhost:-1")]
    [InlineData("PLAINTEXT://::1:9092")]
    [InlineData("://localhost:9092")]
    public void What_is_no_listener_is_refused(string text) =>
        Assert.Contains("must be NAME://host:port", Refusal($"listeners={text}"), StringComparison.Ordinal);

    [Fact]
    public void Listeners_have_names_of_their_own()
    {
        BrokerConfig config = Config(
            "listeners=INSIDE://:9092,OUTSIDE://0.0.0.0:9093",
            "listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
            "advertised.listeners=INSIDE://b1:9092,OUTSIDE://b1.example.org:19093",
            "inter.broker.listener.name=INSIDE");
        Assert.Equal(["INSIDE", "OUTSIDE"], config.Listeners.Select(listener => listener.Name));
        Assert.Equal(new ListenerAddress("OUTSIDE", "b1.example.org", 19093), config.AdvertisedListeners[1]);
        Assert.Equal("INSIDE", config.InterBrokerListenerName);
    }

    [Theory]
    [InlineData("listener SSL asks for SSL, and KLog speaks only PLAINTEXT", "listeners=PLAINTEXT://:1,SSL://:2")]
    [InlineData("listener X asks for SASL_SSL", "listeners=PLAINTEXT://:1,X://:2", "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,X:SASL_SSL")]
    [InlineData("listener X has no protocol; add X:PLAINTEXT", "listeners=PLAINTEXT://:1,X://:2")]
    [InlineData("'X:TLS' must be NAME:PROTOCOL", "listener.security.protocol.map=X:TLS")]
    [InlineData("needs a name of its own", "listeners=PLAINTEXT://:1,PLAINTEXT://:2")]
    [InlineData("9092 is there twice", "listeners=PLAINTEXT://a:9092,X://b:9092", "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,X:PLAINTEXT")]
    [InlineData("set advertised.listeners to the name", "listeners=PLAINTEXT://0.0.0.0:9092")]
    [InlineData("there is no listener X; the names are PLAINTEXT", "advertised.listeners=X://a:9092")]
    [InlineData("needs at least one listener", "listeners=")]
    [InlineData("no listener Y in listeners; name one of PLAINTEXT", "inter.broker.listener.name=Y")]
    [InlineData("no listener PLAINTEXT in listeners; name one of X by inter.broker.listener.name", "listeners=X://:1", "listener.security.protocol.map=X:PLAINTEXT")]
    public void Listeners_that_cannot_be_served_are_refused(string expected, params string[] overrides) =>
        Assert.Contains(expected, Refusal(overrides), StringComparison.Ordinal);

    [Fact]
    public void An_IPv4_and_an_IPv6_listener_may_share_a_port() =>
        Assert.Equal(2, Config("listeners=PLAINTEXT://127.0.0.1:9092,X://[::1]:9092", "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,X:PLAINTEXT").Listeners.Count);

    private static string Refusal(params string[] overrides) =>
        Assert.Throws<ConfigurationException>(() => Config(overrides)).Message;
}
