namespace KLog.Broker.Configuration;

/// <summary>What can have configs of its own; the numbers are the config requests' own.</summary>
public enum ConfigResourceType : sbyte
{
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}
