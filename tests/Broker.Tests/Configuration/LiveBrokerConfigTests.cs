using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class LiveBrokerConfigTests
{
    private readonly LiveBrokerConfig _live = new(BrokerConfigFile.Load(null, ["max.connections=5"]).Config);

    private static Dictionary<string, string> With(string name, string value) => new() { [name] = value };

    [Fact]
    public void A_brokers_own_value_wins_over_the_one_for_all_and_that_over_the_file()
    {
        _live.Apply(ConfigLayers.None, With("max.connections", "6"));
        Assert.Equal(6, _live.Current.MaxConnections);
        _live.Apply(With("max.connections", "7"), With("max.connections", "6"));
        Assert.Equal(7, _live.Current.MaxConnections);
        _live.Apply(ConfigLayers.None, ConfigLayers.None);
        Assert.Equal(5, _live.Current.MaxConnections);
    }

    [Fact]
    public void Listeners_hear_of_each_change_once()
    {
        List<(int Before, int After)> heard = [];
        _live.OnChange((before, after) => heard.Add((before.MaxConnections, after.MaxConnections)));
        _live.Apply(With("max.connections", "7"), ConfigLayers.None);
        _live.Apply(With("max.connections", "7"), ConfigLayers.None);
        _live.Apply(ConfigLayers.None, ConfigLayers.None);
        Assert.Equal([(5, 7), (7, 5)], heard);
    }

    [Fact]
    public void A_change_that_is_not_valid_changes_nothing()
    {
        BrokerConfig before = _live.Current;
        Assert.Throws<ConfigurationException>(() => _live.Apply(With("max.connections", "-1"), ConfigLayers.None));
        Assert.Same(before, _live.Current);
    }
}
