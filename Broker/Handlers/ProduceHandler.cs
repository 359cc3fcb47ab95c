using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;
using TopicAnswer = KLog.Protocol.Messages.ProduceResponse.TopicProduceResponse;
using PartitionAnswer = KLog.Protocol.Messages.ProduceResponse.TopicProduceResponse.PartitionProduceResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// Produce, versions 0 to 13. Versions 0 to 2 are told to clients, because old librdkafka looks for them
/// (KAFKA-18659), but carry record formats that no longer exist: UNSUPPORTED_FOR_MESSAGE_FORMAT. Zstandard needs
/// version 7 (KIP-110); 8 and up tell which records were refused (KIP-467); 10 and up name new leaders (KIP-951);
/// 13 names topics by id (KIP-516). With acks=0 there is no answer, and an error closes the connection.
/// </summary>
internal sealed class ProduceHandler(PartitionLookup lookup, ClusterView view)
{
    public ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context)
    {
        short version = context.ApiVersion;
        var topics = new TopicAnswer[request.TopicData.Length];
        ErrorCode firstError = ErrorCode.None;
        bool isLedElsewhere = false;
        List<(PartitionAnswer Answer, Task Flushed)>? flushes = null;
        for (int t = 0; t < topics.Length; t++)
        {
            ProduceRequest.TopicProduceData topic = request.TopicData[t];
            string? name = version >= 13 ? lookup.NameOf(topic.TopicId) : topic.Name;
            var partitions = new PartitionAnswer[topic.PartitionData.Length];
            for (int p = 0; p < partitions.Length; p++)
            {
                partitions[p] = Append(request, context, name, topic.PartitionData[p], out Task? flushed);
                if (flushed is not null)
                {
                    (flushes ??= []).Add((partitions[p], flushed));
                }

                ErrorCode error = partitions[p].ErrorCode;
                firstError = firstError == ErrorCode.None ? error : firstError;
                isLedElsewhere |= error == ErrorCode.NotLeaderOrFollower;
            }

            topics[t] = new TopicAnswer { Name = topic.Name, TopicId = topic.TopicId, PartitionResponses = partitions };
        }

        if (request.Acks != 0)
        {
            var response = new ProduceResponse { Responses = topics };
            if (isLedElsewhere && version >= 10)
            {
                NewLeaders.Name(response, request, view.Current, context.ListenerName);
            }

            return flushes is null ? new(response) : AfterFlushAsync(response, flushes);
        }

        return firstError == ErrorCode.None
            ? default
            : throw new ProtocolViolationException($"a produce with acks=0 failed with {firstError}, which only a close can tell");
    }

    /// <summary>The acknowledgement means that the records are on the disk: where that failed, they may or may not be there.</summary>
    private static async ValueTask<ProduceResponse?> AfterFlushAsync(
        ProduceResponse response, List<(PartitionAnswer Answer, Task Flushed)> flushes)
    {
        foreach ((PartitionAnswer answer, Task flushed) in flushes)
        {
            try
            {
                await flushed;
            }
            catch (IOException error)
            {
                answer.ErrorCode = ErrorCode.KafkaStorageError;
                answer.ErrorMessage = error.Message;
                answer.BaseOffset = -1;
            }
        }

        return response;
    }

    private PartitionAnswer Append(
        ProduceRequest request,
        in RequestContext context,
        string? topic,
        ProduceRequest.TopicProduceData.PartitionProduceData data,
        out Task? flushed)
    {
        flushed = null;
        ErrorCode error = Refusal(request, context.ApiVersion, topic);
        if (error != ErrorCode.None)
        {
            return Refused(data.Index, error);
        }

        Partition? partition = lookup.FindLeader(topic!, data.Index, leaderEpoch: -1, out error);
        if (partition is null)
        {
            return Refused(data.Index, error);
        }

        Memory<byte> records = data.Records?.Bytes ?? default;
        error = SingleBatch.Find(records.Span, zstdAllowed: context.ApiVersion >= 7, out int size, out string? message);
        if (error != ErrorCode.None)
        {
            return Refused(data.Index, error, message);
        }

        if (new RecordBatchView(records.Span).IsTransactional)
        {
            // No transaction can have been begun; it would hold the last stable offset back for ever.
            return Refused(data.Index, ErrorCode.InvalidTxnState, "Transactions are not supported yet");
        }

        LogAppendResult result = partition.Append(records[..size], request.Acks);
        flushed = result.Flushed;
        return new PartitionAnswer
        {
            Index = data.Index,
            ErrorCode = result.Error,
            ErrorMessage = result.ErrorMessage,
            RecordErrors = result.RecordErrors is null ? [] : Tell(result.RecordErrors),
            BaseOffset = result.BaseOffset,
            LogAppendTimeMs = result.LogAppendTimeMs,
            LogStartOffset = result.LogStartOffset,
        };
    }

    private static ErrorCode Refusal(ProduceRequest request, short version, string? topic)
    {
        if (request.Acks is < -1 or > 1)
        {
            return ErrorCode.InvalidRequiredAcks;
        }

        if (version < 3)
        {
            return ErrorCode.UnsupportedForMessageFormat;
        }

        if (topic is null)
        {
            return ErrorCode.UnknownTopicId;
        }

        return InternalTopics.IsInternal(topic) ? ErrorCode.InvalidTopicException : ErrorCode.None;
    }

    private static PartitionAnswer Refused(int index, ErrorCode error, string? message = null) =>
        new() { Index = index, ErrorCode = error, ErrorMessage = message, BaseOffset = -1 };

    private static PartitionAnswer.BatchIndexAndErrorMessage[] Tell((int BatchIndex, string? Message)[] errors) =>
    [
        .. errors.Select(each => new PartitionAnswer.BatchIndexAndErrorMessage
        {
            BatchIndex = each.BatchIndex,
            BatchIndexErrorMessage = each.Message,
        }),
    ];
}
