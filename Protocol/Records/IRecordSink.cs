namespace KLog.Protocol.Records;

/// <summary>
/// Takes a batch's records from <see cref="RecordWalk"/>: of each, its head, its tail in one or more pieces, its end.
/// Implemented by structs, so that the walk is compiled for each and what a sink does not need costs nothing.
/// </summary>
public interface IRecordSink
{
    /// <summary>True to end the walk before the next record.</summary>
    bool IsDone { get; }

    /// <param name="timestampDelta">To the batch's base timestamp.</param>
    /// <param name="offsetDelta">To the batch's base offset.</param>
    /// <param name="tailLength">Bytes of what follows in the record: key, value and headers with their lengths.</param>
    void Begin(long timestampDelta, int offsetDelta, int tailLength);

    void Tail(ReadOnlySpan<byte> piece);

    void End(bool hasKey);
}
