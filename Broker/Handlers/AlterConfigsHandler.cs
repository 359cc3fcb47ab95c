using KLog.Broker.Configuration;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Resource = KLog.Protocol.Messages.AlterConfigsRequest.AlterConfigsResource;
using Result = KLog.Protocol.Messages.AlterConfigsResponse.AlterConfigsResourceResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// AlterConfigs, versions 0 to 2: puts the given configs in the place of all that a topic, a group, this broker or all
/// brokers have. Clients use IncrementalAlterConfigs since Kafka 2.3.
/// </summary>
internal sealed class AlterConfigsHandler(ConfigChanges changes)
{
    public async ValueTask<AlterConfigsResponse> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        ILookup<(sbyte, string), Resource> byName = request.Resources.ToLookup(resource => (resource.ResourceType, resource.ResourceName));
        List<Result> results = [];
        foreach (IGrouping<(sbyte Type, string Name), Resource> named in byName)
        {
            (ErrorCode error, string? message) = named.Count() > 1
                ? (ErrorCode.InvalidRequest, "the resource is there twice in one request")
                : await changes.AlterAsync((ConfigResourceType)named.Key.Type, named.Key.Name, [.. named.Single().Configs.Select(Edit)], true, request.ValidateOnly);
            results.Add(new Result { ResourceType = named.Key.Type, ResourceName = named.Key.Name, ErrorCode = error, ErrorMessage = message });
        }

        return new AlterConfigsResponse { Responses = [.. results] };
    }

    private static ConfigEdit Edit(Resource.AlterableConfig config) => new(config.Name, ConfigOperation.Set, config.Value);
}
