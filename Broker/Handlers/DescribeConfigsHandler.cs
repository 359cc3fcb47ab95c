using System.Globalization;
using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Asked = KLog.Protocol.Messages.DescribeConfigsRequest.DescribeConfigsResource;
using Result = KLog.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResult;

namespace KLog.Broker.Handlers;

/// <summary>
/// DescribeConfigs, versions 0 to 4: a topic's or a group's configs, this broker's properties (an empty name: what is set for
/// all brokers), and its loggers' levels. Without names, or with none, everything is told. Version 0 tells of a value's source
/// only whether it is the default; version 1 adds sources and synonyms, 3 types and documentation.
/// </summary>
internal sealed class DescribeConfigsHandler(ClusterView view, LiveBrokerConfig live, DynamicConfigs dynamic, LogLevels levels)
{
    public async ValueTask<DescribeConfigsResponse> HandleAsync(DescribeConfigsRequest request, RequestContext context)
    {
        Result[] results = new Result[request.Resources.Length];
        for (int i = 0; i < results.Length; i++)
        {
            Asked asked = request.Resources[i];
            Result result = await DescribeAsync(asked, request, context.ApiVersion);
            result.ResourceType = asked.ResourceType;
            result.ResourceName = asked.ResourceName;
            results[i] = result;
        }

        return new DescribeConfigsResponse { Results = results };
    }

    private async ValueTask<Result> DescribeAsync(Asked asked, DescribeConfigsRequest request, short version)
    {
        switch ((ConfigResourceType)asked.ResourceType)
        {
            case ConfigResourceType.Topic:
                if (TopicNames.Fault(asked.ResourceName) is { } fault)
                {
                    return Refusal(ErrorCode.InvalidTopicException, fault);
                }

                return view.Current.Topic(asked.ResourceName) is null
                    ? Refusal(ErrorCode.UnknownTopicOrPartition, $"there is no topic {asked.ResourceName}")
                    : Entries(ConfigDescription.OfTopic(live.Current, await dynamic.OfTopicAsync(asked.ResourceName)), asked, request, version);

            case ConfigResourceType.Broker:
                return asked.ResourceName.Length == 0
                    ? Entries(ConfigDescription.OfAllBrokers(live.Current), asked, request, version)
                    : IsThisBroker(asked.ResourceName)
                        ? Entries(ConfigDescription.OfBroker(live.Current), asked, request, version)
                        : Refusal(ErrorCode.InvalidRequest, $"this is broker {dynamic.BrokerEntity}, not '{asked.ResourceName}'");

            case ConfigResourceType.Group:
                return asked.ResourceName.Length == 0
                    ? Refusal(ErrorCode.InvalidRequest, "a group needs a name; what all have is in the broker's group.* properties")
                    : Entries(ConfigDescription.OfGroup(live.Current, dynamic.Groups.Of(asked.ResourceName)), asked, request, version);

            case ConfigResourceType.BrokerLogger:
                return IsThisBroker(asked.ResourceName)
                    ? Loggers(asked)
                    : Refusal(ErrorCode.InvalidRequest, $"this is broker {dynamic.BrokerEntity}, not '{asked.ResourceName}'");

            default:
                return Refusal(ErrorCode.InvalidRequest, $"resources of type {asked.ResourceType} have no configs in this broker");
        }
    }

    private bool IsThisBroker(string name) =>
        int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id) && id.ToString(CultureInfo.InvariantCulture) == dynamic.BrokerEntity;

    private static Result Entries(IEnumerable<ConfigEntry> entries, Asked asked, DescribeConfigsRequest request, short version) => new()
    {
        ErrorMessage = null,
        Configs =
        [
            .. entries.Where(entry => IsAsked(entry.Name, asked)).Select(entry => new Result.DescribeConfigsResourceResult
            {
                Name = entry.Name,
                Value = entry.Value,
                ReadOnly = entry.IsReadOnly,
                IsDefault = version == 0 && entry.Source == ConfigSource.Default,
                ConfigSource = (sbyte)entry.Source,
                IsSensitive = entry.Definition.IsSensitive,
                ConfigType = (sbyte)entry.Definition.Type,
                Documentation = request.IncludeDocumentation ? entry.Definition.Documentation : null,
                Synonyms = request.IncludeSynonyms ? [.. entry.Synonyms.Select(Synonym)] : [],
            }),
        ],
    };

    private static Result.DescribeConfigsResourceResult.DescribeConfigsSynonym Synonym(ConfigSynonym synonym) => new()
    {
        Name = synonym.Name,
        Value = synonym.Value,
        Source = (sbyte)synonym.Source,
    };

    private Result Loggers(Asked asked) => new()
    {
        ErrorMessage = null,
        Configs =
        [
            .. levels.All.Where(level => IsAsked(level.Logger, asked)).Select(level => new Result.DescribeConfigsResourceResult
            {
                Name = level.Logger,
                Value = LogLevels.NameOf(level.Level),
                ConfigSource = (sbyte)ConfigSource.DynamicBrokerLogger,
                Documentation = null,
            }),
        ],
    };

    private static bool IsAsked(string name, Asked asked) => asked.ConfigurationKeys is not { Length: > 0 } names || names.Contains(name);

    private static Result Refusal(ErrorCode error, string message) => new() { ErrorCode = error, ErrorMessage = message };
}
