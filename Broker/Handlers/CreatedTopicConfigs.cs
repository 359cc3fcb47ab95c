using KLog.Broker.Configuration;
using KLog.Protocol.Messages;
using CreatedConfig = KLog.Protocol.Messages.CreateTopicsResponse.CreatableTopicResult.CreatableTopicConfigs;

namespace KLog.Broker.Handlers;

/// <summary>◆ All configs in force for a topic, with where each comes from, as CreateTopics tells them from version 5 on.</summary>
internal static class CreatedTopicConfigs
{
    public static CreatedConfig[] Of(BrokerConfig broker, IReadOnlyDictionary<string, string> own) =>
    [
        .. TopicDefinitions.All.Values.Select(definition => new CreatedConfig
        {
            Name = definition.Config.Name,
            Value = definition.Config.IsSensitive ? null : TopicConfigs.Text(broker, own, definition.Config.Name),
            ConfigSource = (sbyte)SourceOf(broker, own, definition),
            IsSensitive = definition.Config.IsSensitive,
        }),
    ];

    private static ConfigSource SourceOf(BrokerConfig broker, IReadOnlyDictionary<string, string> own, TopicDefinition definition)
    {
        if (own.ContainsKey(definition.Config.Name))
        {
            return ConfigSource.DynamicTopic;
        }

        foreach ((string name, long _) in definition.BrokerProperties)
        {
            if (broker.Layers.ValuesOf(name).Select(value => (ConfigSource?)value.Source).FirstOrDefault() is { } source)
            {
                return source;
            }
        }

        return ConfigSource.Default;
    }
}
