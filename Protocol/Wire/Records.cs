namespace KLog.Protocol.Wire;

/// <summary>Record batches that lie somewhere else than in memory, and are sent from there (file regions).</summary>
public interface IRecordSource
{
    /// <summary>Bytes.</summary>
    int Length { get; }
}

/// <summary>
/// The value of a field of type <c>records</c>: batches in memory, or a source that the sender splices in.
/// What was read from a request is a slice of the frame, and writable: offsets are assigned in place.
/// </summary>
public readonly struct Records
{
    public Records(Memory<byte> bytes) => Bytes = bytes;

    public Records(IRecordSource source) => Source = source;

    public Memory<byte> Bytes { get; }

    public IRecordSource? Source { get; }

    public int Length => Source?.Length ?? Bytes.Length;

    public static Records Empty => default;
}
