using KLog.Broker.Network;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Broker.Requests;

/// <summary>
/// Finds the handler of a frame. Which requests and versions a broker takes is what has been registered here, and
/// ApiVersions tells just that. Registration ends before the first connection; from then on it is read only.
/// </summary>
public sealed class RequestDispatcher
{
    private readonly Route?[] _routes = new Route?[byte.MaxValue];

    /// <summary>The registered requests with the versions that clients are told of, by key.</summary>
    public IEnumerable<(ApiKey Key, VersionRange Versions)> Advertised =>
        _routes.OfType<Route>().Select(route => (route.Key, route.Advertised));

    /// <param name="advertised">The versions that ApiVersions tells; all that the message has when omitted.</param>
    /// <param name="handled">The versions that are taken; those that are told when omitted.</param>
    public void On<TRequest, TResponse>(
        Func<TRequest, RequestContext, ValueTask<TResponse>> handler,
        VersionRange? advertised = null,
        VersionRange? handled = null)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : class, IMessage<TResponse> =>
        OnWithSilence<TRequest, TResponse>(handler!, advertised, handled);

    /// <summary>The same for a handler that answers with null where there is to be no answer (a produce with acks=0).</summary>
    public void OnWithSilence<TRequest, TResponse>(
        Func<TRequest, RequestContext, ValueTask<TResponse?>> handler,
        VersionRange? advertised = null,
        VersionRange? handled = null)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : class, IMessage<TResponse>
    {
        VersionRange told = advertised ?? TRequest.Versions;
        _routes[(int)TRequest.ApiKey] = new Route<TRequest, TResponse>(told, handled ?? told, handler);
    }

    /// <summary>
    /// Starts the request that a frame holds. When this returns the frame is no longer needed, though the answer may
    /// still be to come; answers leave through <paramref name="responses"/> in the order of this method's calls.
    /// </summary>
    /// <exception cref="ProtocolViolationException">The frame is no request that this broker takes.</exception>
    public void Dispatch(Memory<byte> frame, ConnectionInfo connection, ResponseQueue responses)
    {
        var reader = new WireReader(frame);
        RequestHeader header = RequestHeader.ReadFixed(ref reader);
        Route? route = (ushort)header.ApiKey < _routes.Length ? _routes[(int)header.ApiKey] : null;
        if (route is null)
        {
            throw new ProtocolViolationException($"api key {(short)header.ApiKey} is not one that this broker takes");
        }

        if (!route.Handled.Contains(header.ApiVersion))
        {
            if (header.ApiKey == ApiKey.ApiVersions)
            {
                // KIP-511: a client newer than the broker is answered in version 0, and asks again.
                route.Refuse(header, connection, responses);
                return;
            }

            throw new ProtocolViolationException(
                $"{header.ApiKey} version {header.ApiVersion} is not supported (versions {route.Handled})");
        }

        header = header.ReadRest(ref reader, route.HeaderVersion(header.ApiVersion));
        route.Start(ref reader, header, connection, responses);
    }
}
