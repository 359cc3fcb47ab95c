using KLog.Broker.Controller;
using KLog.Broker.Requests;
using KLog.Coordination;
using KLog.Protocol;
using Microsoft.Extensions.Logging;
using Request = KLog.Protocol.Messages.InitProducerIdRequest;
using Response = KLog.Protocol.Messages.InitProducerIdResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// InitProducerId, versions 0 to 6. Without a transactional id: a fresh producer id with epoch 0, whatever id the producer
/// had before; an id without an epoch, or an epoch without an id, is INVALID_REQUEST.
/// </summary>
/// <remarks>
/// Transactions are not there yet. A transactional id gets TRANSACTIONAL_ID_AUTHORIZATION_FAILED: of the codes that say no,
/// it is the one at which both the Java clients and librdkafka stop at once instead of asking again.
/// </remarks>
public sealed class InitProducerIdHandler(ProducerIds producerIds, ILogger logger)
{
    private const long NoProducerId = -1;
    private const short NoProducerEpoch = -1;

    private bool _saidSo;

    public async ValueTask<Response> HandleAsync(Request request, RequestContext context)
    {
        if ((request.ProducerId == NoProducerId) != (request.ProducerEpoch == NoProducerEpoch) || request.TransactionalId is "")
        {
            return Refused(ErrorCode.InvalidRequest);
        }

        if (request.TransactionalId is { } transactionalId)
        {
            if (!_saidSo)
            {
                _saidSo = true;
                logger.LogWarning(
                    "Transactions are not supported yet: transactional id '{TransactionalId}' of client '{ClientId}' at {Host} is refused, and so will others be",
                    transactionalId,
                    context.ClientId,
                    context.Connection.ClientHost);
            }

            return Refused(ErrorCode.TransactionalIdAuthorizationFailed);
        }

        try
        {
            return new Response { ProducerId = await producerIds.NextAsync(context.Connection.Closed), ProducerEpoch = 0 };
        }
        catch (TreeException e)
        {
            logger.LogError("No block of producer ids can be taken: {Reason}", e.Message);
            return Refused(ErrorCode.CoordinatorNotAvailable);
        }
    }

    private static Response Refused(ErrorCode error) => new() { ErrorCode = error, ProducerId = NoProducerId, ProducerEpoch = NoProducerEpoch };
}
