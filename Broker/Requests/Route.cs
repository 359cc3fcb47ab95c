using KLog.Broker.Network;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Broker.Requests;

/// <summary>One registered request: decodes it, calls its handler, encodes the answer.</summary>
internal abstract class Route(ApiKey key, VersionRange advertised, VersionRange handled)
{
    public ApiKey Key => key;

    public VersionRange Advertised => advertised;

    public VersionRange Handled => handled;

    public abstract short HeaderVersion(short apiVersion);

    public abstract void Start(
        ref WireReader reader, in RequestHeader header, ConnectionInfo connection, ResponseQueue responses);

    /// <summary>Answers an ApiVersions request of an unknown version.</summary>
    public void Refuse(in RequestHeader header, ConnectionInfo connection, ResponseQueue responses)
    {
        var own = new ApiVersionsResponse.ApiVersion
        {
            ApiKey = (short)key,
            MinVersion = advertised.Min,
            MaxVersion = advertised.Max,
        };
        var response = new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [own] };
        var context = new RequestContext(connection, header.ApiKey, 0, header.CorrelationId, null);
        responses.Answer(context, response);
    }
}

/// <inheritdoc/>
internal sealed class Route<TRequest, TResponse>(
    VersionRange advertised,
    VersionRange handled,
    Func<TRequest, RequestContext, ValueTask<TResponse?>> handler)
    : Route(TRequest.ApiKey, advertised, handled)
    where TRequest : IRequest<TRequest, TResponse>
    where TResponse : class, IMessage<TResponse>
{
    public override short HeaderVersion(short apiVersion) => RequestHeader.VersionOf<TRequest>(apiVersion);

    public override void Start(
        ref WireReader reader, in RequestHeader header, ConnectionInfo connection, ResponseQueue responses)
    {
        TRequest request = TRequest.Read(ref reader, header.ApiVersion);
        var context = new RequestContext(
            connection, header.ApiKey, header.ApiVersion, header.CorrelationId, header.ClientId);
        ValueTask<TResponse?> answer = handler(request, context);
        if (!answer.IsCompletedSuccessfully)
        {
            responses.Await(context, answer);
        }
        else if (answer.Result is { } response)
        {
            responses.Answer(context, response);
        }
    }
}
