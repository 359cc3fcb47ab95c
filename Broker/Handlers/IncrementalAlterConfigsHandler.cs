using KLog.Broker.Configuration;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Resource = KLog.Protocol.Messages.IncrementalAlterConfigsRequest.AlterConfigsResource;
using Result = KLog.Protocol.Messages.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// IncrementalAlterConfigs, versions 0 and 1 (KIP-339): sets, deletes, appends to and subtracts from single configs of
/// topics, of groups, of this broker, of all brokers, and of loggers (KIP-412). A resource is altered as a whole or not at
/// all, and what is answered is in force.
/// </summary>
internal sealed class IncrementalAlterConfigsHandler(ConfigChanges changes)
{
    public async ValueTask<IncrementalAlterConfigsResponse> HandleAsync(IncrementalAlterConfigsRequest request, RequestContext context)
    {
        ILookup<(sbyte, string), Resource> byName = request.Resources.ToLookup(resource => (resource.ResourceType, resource.ResourceName));
        List<Result> results = [];
        foreach (IGrouping<(sbyte Type, string Name), Resource> named in byName)
        {
            (ErrorCode error, string? message) = named.Count() > 1
                ? (ErrorCode.InvalidRequest, "the resource is there twice in one request")
                : await changes.AlterAsync((ConfigResourceType)named.Key.Type, named.Key.Name, [.. named.Single().Configs.Select(Edit)], false, request.ValidateOnly);
            results.Add(new Result { ResourceType = named.Key.Type, ResourceName = named.Key.Name, ErrorCode = error, ErrorMessage = message });
        }

        return new IncrementalAlterConfigsResponse { Responses = [.. results] };
    }

    private static ConfigEdit Edit(Resource.AlterableConfig config) => new(config.Name, (ConfigOperation)config.ConfigOperation, config.Value);
}
