namespace KLog.Broker.Configuration;

/// <summary>Where a value in force comes from; the numbers are DescribeConfigs' own.</summary>
public enum ConfigSource : sbyte
{
    DynamicTopic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    DynamicBrokerLogger = 6,
    DynamicGroup = 8,
}
