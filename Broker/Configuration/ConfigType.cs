namespace KLog.Broker.Configuration;

/// <summary>Kafka's types of configuration values; the numbers are DescribeConfigs' own.</summary>
public enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}
