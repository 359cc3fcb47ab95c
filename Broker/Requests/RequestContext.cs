using KLog.Broker.Network;
using KLog.Protocol;

namespace KLog.Broker.Requests;

/// <summary>
/// What a handler knows of a request beside its body. The body's byte slices and records point into the frame: they are
/// valid until the handler first yields (awaits something unfinished, or returns); what is needed later is copied before.
/// </summary>
public readonly record struct RequestContext(
    ConnectionInfo Connection,
    ApiKey ApiKey,
    short ApiVersion,
    int CorrelationId,
    string? ClientId)
{
    public string ListenerName => Connection.ListenerName;
}
