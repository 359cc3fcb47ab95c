using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class ConfigEditTests
{
    private static string Apply(string? current, string? fallback, ConfigOperation operation, string? value)
    {
        Dictionary<string, string> before = current is null ? [] : new() { ["cleanup.policy"] = current };
        return ConfigEdit.Apply(before, [new("cleanup.policy", operation, value)], name => TopicDefinitions.All[name].Config, _ => fallback)
            .GetValueOrDefault("cleanup.policy", "none");
    }

    [Theory]
    [InlineData(null, "delete", ConfigOperation.Set, "compact", "compact")]
    [InlineData("delete", "delete", ConfigOperation.Set, "", "")]
    [InlineData("compact", "delete", ConfigOperation.Delete, null, "none")]
    [InlineData(null, "delete", ConfigOperation.Delete, null, "none")]
    [InlineData(null, "delete", ConfigOperation.Append, "compact", "delete,compact")]
    [InlineData(null, null, ConfigOperation.Append, "compact", "compact")]
    [InlineData("compact", "delete", ConfigOperation.Append, "compact", "compact")]
    [InlineData("compact", "delete", ConfigOperation.Append, "delete, compact", "compact,delete")]
    [InlineData("compact,delete", "delete", ConfigOperation.Subtract, "compact", "delete")]
    [InlineData("compact", "delete", ConfigOperation.Subtract, "delete", "compact")]
    [InlineData(null, "delete", ConfigOperation.Subtract, "delete", "")]
    public void A_list_grows_and_shrinks(string? current, string? fallback, ConfigOperation operation, string? value, string expected) =>
        Assert.Equal(expected, Apply(current, fallback, operation, value));

    [Theory]
    [InlineData(ConfigOperation.Append)]
    [InlineData(ConfigOperation.Subtract)]
    public void What_is_no_list_does_not_grow(ConfigOperation operation) =>
        Assert.Throws<InvalidConfigException>(() =>
            ConfigEdit.Apply(ConfigLayers.None, [new("retention.ms", operation, "1")], name => TopicDefinitions.All[name].Config, _ => null));

    [Fact]
    public void What_is_not_named_stays()
    {
        Dictionary<string, string> before = new() { ["a"] = "1", ["b"] = "2" };
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" }, ConfigEdit.Apply(before, [new("b", ConfigOperation.Set, "3")], _ => null, _ => null));
        Assert.Equal("2", before["b"]);
    }
}
