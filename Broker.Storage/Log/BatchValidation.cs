using KLog.Protocol;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// What a leader demands of a batch before it appends it, and what it changes in it. ◆ The rules and the error codes
/// are those of Kafka 4.3.1, asked batch by batch; it needs no lock, since offsets are not known yet.
/// Stricter than Kafka in one thing: a record inside a compressed batch whose parts do not add up to its length is
/// refused (INVALID_RECORD), because no consumer could read it. Kinder in one: offset deltas other than 0, 1, 2, …
/// are put right in every batch, where Kafka keeps them in a batch that is not compressed.
/// </summary>
public static class BatchValidation
{
    /// <param name="records">
    /// A partition's records as the request holds them. Written to: timestamps are stamped in place where that needs
    /// no other change.
    /// </param>
    /// <param name="config">The topic's, of this moment.</param>
    /// <param name="origin">What comes from a client is checked for more than what the broker writes itself.</param>
    /// <param name="nowMs">The append's time, in ms since 1970.</param>
    /// <returns>To be disposed of after the append.</returns>
    public static ValidatedBatch Validate(Memory<byte> records, LogConfig config, AppendOrigin origin, long nowMs)
    {
        ErrorCode error = SingleBatch.Find(records.Span, zstdAllowed: true, out int size, out string? message);
        if (error != ErrorCode.None)
        {
            return ValidatedBatch.Refused(error, message);
        }

        Memory<byte> batch = records[..size];
        error = CheckHeader(new RecordBatchView(batch.Span), config.MaxMessageBytes, origin, out message);
        if (error != ErrorCode.None)
        {
            return ValidatedBatch.Refused(error, message);
        }

        try
        {
            return CheckRecords(batch, config, nowMs);
        }
        catch (CorruptCompressionException e)
        {
            // Kafka has no error code of its own for this.
            return ValidatedBatch.Refused(ErrorCode.UnknownServerError, e.Message);
        }
        catch (CodecMissingException e)
        {
            return ValidatedBatch.Refused(ErrorCode.UnsupportedCompressionType, e.Message);
        }
    }

    private static ErrorCode CheckHeader(RecordBatchView batch, int sizeMax, AppendOrigin origin, out string? message)
    {
        bool isClient = origin == AppendOrigin.Client;
        message = null;
        if (isClient && batch.BaseOffset != 0)
        {
            message = $"A produced batch has the base offset {batch.BaseOffset} instead of 0";
            return ErrorCode.InvalidRecord;
        }

        if (batch.SizeInBytes > sizeMax)
        {
            message = $"A batch of {batch.SizeInBytes} bytes is larger than max.message.bytes, {sizeMax}";
            return ErrorCode.MessageTooLarge;
        }

        if (!batch.IsCrcValid())
        {
            message = "A batch's CRC does not match its bytes";
            return ErrorCode.CorruptMessage;
        }

        if (batch.Compression > CompressionType.Zstd)
        {
            // As Kafka answers.
            message = $"A batch has the codec {(int)batch.Compression}, which is none";
            return ErrorCode.UnknownServerError;
        }

        return isClient ? CheckClientHeader(batch, out message) : ErrorCode.None;
    }

    private static ErrorCode CheckClientHeader(RecordBatchView batch, out string? message)
    {
        message = null;
        if (batch.RecordCount <= 0 || batch.LastOffsetDelta != batch.RecordCount - 1)
        {
            message = $"A batch of {batch.RecordCount} records cannot have the last offset delta {batch.LastOffsetDelta}";
        }
        else if (batch.IsControl)
        {
            message = "Clients must not write control records";
        }
        else if (batch.HasProducerId && batch.BaseSequence < 0)
        {
            message = $"A batch of producer id {batch.ProducerId} has the sequence number {batch.BaseSequence}";
        }

        return message is null ? ErrorCode.None : ErrorCode.InvalidRecord;
    }

    private static ValidatedBatch CheckRecords(Memory<byte> batch, LogConfig config, long nowMs)
    {
        RecordBatchView view = new(batch.Span);
        RecordCheck check = new(view, config, nowMs);
        RecordFault fault = RecordWalk.Run(batch, ref check);
        if (fault != RecordFault.None)
        {
            return ValidatedBatch.Refused(
                ErrorCode.InvalidRecord, $"The records do not fit their batch of {view.RecordCount}: {fault} after {check.Count}");
        }

        if (check.Error != ErrorCode.None)
        {
            return ValidatedBatch.Refused(check.Error, "One or more records are refused", check.Errors);
        }

        bool stamps = config.MessageTimestampType == TimestampType.LogAppendTime;
        long maxTimestampMs = stamps ? nowMs : check.MaxTimestampMs;
        long logAppendTimeMs = stamps ? nowMs : RecordBatchView.NoTimestamp;

        // Control records stay uncompressed, whatever the topic says.
        CompressionType codec = view.Compression == CompressionType.None && view.IsControl
            ? CompressionType.None
            : config.CompressionType ?? view.Compression;
        if (codec == view.Compression && (check.OffsetsInOrder || view.IsControl))
        {
            RecordBatchFields.SetMaxTimestampAndType(batch.Span, maxTimestampMs, config.MessageTimestampType);
            return new ValidatedBatch(batch, rewritten: null, logAppendTimeMs);
        }

        PooledOutput? rewritten = BatchRewrite.Run(
            batch, codec, LevelOf(codec, config), config.MaxMessageBytes, config.MessageTimestampType, maxTimestampMs);
        return rewritten is null
            ? ValidatedBatch.Refused(
                ErrorCode.MessageTooLarge,
                $"With compression.type {codec}, a batch is larger than max.message.bytes, {config.MaxMessageBytes}")
            : new ValidatedBatch(rewritten.Written, rewritten, logAppendTimeMs);
    }

    private static int LevelOf(CompressionType codec, LogConfig config) => codec switch
    {
        CompressionType.Gzip => config.GzipLevel,
        CompressionType.Lz4 => config.Lz4Level,
        CompressionType.Zstd => config.ZstdLevel,
        _ => 0,
    };
}
