using System.Globalization;
using KLog.Broker.Metadata;
using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Broker.Configuration;

/// <summary>
/// Changes the configs of one resource as the two Alter requests ask, and answers with Kafka's error codes: a bad config
/// of a topic or group is INVALID_CONFIG, a broker's INVALID_REQUEST.
/// </summary>
internal sealed class ConfigChanges(ClusterView view, LiveBrokerConfig live, DynamicConfigs dynamic, LogLevels levels)
{
    /// <param name="replaceAll">The edits say everything: what they do not set is taken away (AlterConfigs).</param>
    public async ValueTask<(ErrorCode Error, string? Message)> AlterAsync(
        ConfigResourceType type, string name, IReadOnlyList<ConfigEdit> edits, bool replaceAll, bool validateOnly)
    {
        if (Fault(edits) is { } fault)
        {
            return (ErrorCode.InvalidRequest, fault);
        }

        return type switch
        {
            ConfigResourceType.Topic => await AlterTopicAsync(name, edits, replaceAll, validateOnly),
            ConfigResourceType.Broker => await AlterBrokerAsync(name, edits, replaceAll, validateOnly),
            ConfigResourceType.Group => await AlterGroupAsync(name, edits, replaceAll, validateOnly),
            ConfigResourceType.BrokerLogger when !replaceAll => AlterLoggers(name, edits, validateOnly),
            ConfigResourceType.BrokerLogger => (ErrorCode.InvalidRequest, "loggers' levels are altered one by one: use IncrementalAlterConfigs"),
            _ => (ErrorCode.InvalidRequest, $"resources of type {(sbyte)type} have no configs in this broker"),
        };
    }

    private static string? Fault(IReadOnlyList<ConfigEdit> edits)
    {
        if (edits.GroupBy(edit => edit.Name).FirstOrDefault(named => named.Count() > 1) is { } twice)
        {
            return $"{twice.Key} is altered twice in one request";
        }

        foreach (ConfigEdit edit in edits)
        {
            if (!Enum.IsDefined(edit.Operation))
            {
                return $"{edit.Name}: there is no operation {(sbyte)edit.Operation}";
            }

            if (edit.Value is null && edit.Operation != ConfigOperation.Delete)
            {
                return $"{edit.Name} needs a value; to take it away, delete it";
            }
        }

        return null;
    }

    private async ValueTask<(ErrorCode, string?)> AlterTopicAsync(string topic, IReadOnlyList<ConfigEdit> edits, bool replaceAll, bool validateOnly)
    {
        if (topic.Length == 0)
        {
            return (ErrorCode.InvalidRequest, "there are no configs for all topics; set the broker's log.* properties instead");
        }

        if (view.Current.Topic(topic) is null)
        {
            return (ErrorCode.UnknownTopicOrPartition, $"there is no topic {topic}");
        }

        return await ChangeAsync(ConfigRegistry.Topics, topic, ErrorCode.InvalidConfig, validateOnly, before =>
        {
            Dictionary<string, string> after = ConfigEdit.Apply(
                replaceAll ? ConfigLayers.None : before,
                edits,
                name => TopicDefinitions.All.GetValueOrDefault(name)?.Config,
                name => TopicDefinitions.All.GetValueOrDefault(name)?.DefaultText(live.Current));
            TopicConfigs.Validate(live.Current, after);
            return after;
        });
    }

    private async ValueTask<(ErrorCode, string?)> AlterBrokerAsync(string name, IReadOnlyList<ConfigEdit> edits, bool replaceAll, bool validateOnly)
    {
        bool forAll = name.Length == 0;
        if (!forAll && !IsThisBroker(name))
        {
            return (ErrorCode.InvalidRequest, $"this is broker {dynamic.BrokerEntity}, not '{name}'");
        }

        string entity = forAll ? ConfigRegistry.Default : dynamic.BrokerEntity;
        return await ChangeAsync(ConfigRegistry.Brokers, entity, ErrorCode.InvalidRequest, validateOnly, before =>
        {
            Dictionary<string, string> after = ConfigEdit.Apply(
                replaceAll ? ConfigLayers.None : before,
                edits,
                each => BrokerDefinitions.All.GetValueOrDefault(each),
                each => BrokerDefinitions.All.GetValueOrDefault(each)?.Default);
            BrokerConfigChange.Validate(live.Current, forAll, before, after);
            return after;
        });
    }

    /// <summary>The group need not exist.</summary>
    private async ValueTask<(ErrorCode, string?)> AlterGroupAsync(string group, IReadOnlyList<ConfigEdit> edits, bool replaceAll, bool validateOnly)
    {
        if (group.Length == 0)
        {
            return (ErrorCode.InvalidRequest, "there are no configs for all groups; set the broker's group.* properties instead");
        }

        return await ChangeAsync(ConfigRegistry.Groups, group, ErrorCode.InvalidConfig, validateOnly, before =>
        {
            Dictionary<string, string> after = ConfigEdit.Apply(
                replaceAll ? ConfigLayers.None : before,
                edits,
                GroupConfigDefinitions.All.GetValueOrDefault,
                name => GroupConfigDefinitions.DefaultText(live.Current, name));
            GroupConfigs.Validate(live.Current, after);
            return after;
        });
    }

    private async ValueTask<(ErrorCode, string?)> ChangeAsync(
        string type,
        string entity,
        ErrorCode onMistake,
        bool validateOnly,
        Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change)
    {
        try
        {
            await dynamic.ChangeAsync(type, entity, change, validateOnly);
            return (ErrorCode.None, null);
        }
        catch (Exception mistake) when (mistake is InvalidConfigException or ConfigurationException)
        {
            return (onMistake, mistake.Message);
        }
    }

    /// <summary>Everything is checked before the first level changes.</summary>
    private (ErrorCode, string?) AlterLoggers(string name, IReadOnlyList<ConfigEdit> edits, bool validateOnly)
    {
        if (!IsThisBroker(name))
        {
            return (ErrorCode.InvalidRequest, $"this is broker {dynamic.BrokerEntity}, not '{name}'");
        }

        foreach (ConfigEdit edit in edits)
        {
            if (edit.Operation is ConfigOperation.Append or ConfigOperation.Subtract)
            {
                return (ErrorCode.InvalidRequest, $"{edit.Name}: a level can be set or deleted only");
            }

            if (edit is { Operation: ConfigOperation.Delete, Name: LogLevels.Root })
            {
                return (ErrorCode.InvalidRequest, "the root logger needs a level");
            }

            if (!levels.Exists(edit.Name))
            {
                return (ErrorCode.InvalidConfig, $"there is no logger {edit.Name}");
            }

            if (edit.Operation == ConfigOperation.Set && LogLevels.Parse(edit.Value!) is null)
            {
                return (ErrorCode.InvalidConfig, $"{edit.Name}={edit.Value}: must be one of {string.Join(", ", LogLevels.Names)}");
            }
        }

        foreach (ConfigEdit edit in validateOnly ? [] : edits)
        {
            levels.Set(edit.Name, edit.Operation == ConfigOperation.Set ? LogLevels.Parse(edit.Value!) : null);
        }

        return (ErrorCode.None, null);
    }

    private bool IsThisBroker(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id == int.Parse(dynamic.BrokerEntity, CultureInfo.InvariantCulture);
}
