using System.Net.Sockets;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;

namespace KLog.Faults;

/// <summary>Produces to one partition until the broker is gone, and notes in the ledger what was acknowledged.</summary>
internal sealed class Loader(Ledger ledger, int port, Random random)
{
    private const short ProduceVersion = 9;
    private const int InFlightMax = 3;

    private readonly Queue<ProducedBatch> _inFlight = new();

    /// <exception cref="BrokenPromiseException">The broker answered with an error.</exception>
    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using BrokerConnection connection = new(port);
            if (ledger.IsIdempotent && ledger.ProducerId < 0)
            {
                InitProducerIdResponse made = await connection.CallAsync(
                    new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, 4);
                ledger.ProducerId = made.ProducerId;
            }

            while (!stop.IsCancellationRequested)
            {
                ProducedBatch batch = ledger.Unanswered ?? NewBatch();
                ledger.Unanswered = ledger.IsIdempotent ? batch : null;
                await connection.SendAsync(RequestOf(batch), ProduceVersion);
                _inFlight.Enqueue(batch);
                if (ledger.IsIdempotent || _inFlight.Count == InFlightMax)
                {
                    TakeAnswer(await connection.ReceiveAsync<ProduceResponse>(ProduceVersion));
                }
            }

            while (_inFlight.Count > 0)
            {
                TakeAnswer(await connection.ReceiveAsync<ProduceResponse>(ProduceVersion));
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // What was in flight may be in the log or not. An idempotent producer asks after the next start.
        }
    }

    private void TakeAnswer(ProduceResponse response)
    {
        ProducedBatch batch = _inFlight.Dequeue();
        var answer = response.Responses.Single().PartitionResponses.Single();
        if (answer.ErrorCode != ErrorCode.None)
        {
            throw new BrokenPromiseException($"{ledger}: {answer.ErrorCode} ({answer.ErrorMessage}) for record {batch.First}");
        }

        for (int i = 0; i < batch.Count; i++)
        {
            ledger.Acknowledged[answer.BaseOffset + i] = batch.First + i;
        }

        ledger.Unanswered = null;
    }

    private ProducedBatch NewBatch()
    {
        int count = random.Next(1, 6);
        using RecordBatchBuilder builder = new();
        if (ledger.IsIdempotent)
        {
            builder.ProducerId = ledger.ProducerId;
            builder.ProducerEpoch = 0;
            builder.BaseSequence = (int)ledger.Next;
        }

        long nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < count; i++)
        {
            long number = ledger.Next + i;
            builder.Append(nowMs, NumberedRecord.KeyOf(number), NumberedRecord.Make(ledger.Partition, number, random.Next(100)));
        }

        ProducedBatch batch = new(ledger.Next, count, builder.ToArray());
        ledger.Next += count;
        return batch;
    }

    private ProduceRequest RequestOf(ProducedBatch batch) => new()
    {
        Acks = -1,
        TimeoutMs = 30_000,
        TopicData =
        [
            new()
            {
                Name = ledger.Topic,
                PartitionData = [new() { Index = ledger.Partition, Records = new Protocol.Wire.Records(batch.Bytes) }],
            },
        ],
    };
}
