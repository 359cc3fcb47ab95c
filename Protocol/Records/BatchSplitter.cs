namespace KLog.Protocol.Records;

/// <summary>Why the rest of a buffer is not a whole batch.</summary>
public enum BatchFault
{
    None,

    /// <summary>The rest is shorter than the batch that starts in it, or than a header.</summary>
    Short,

    /// <summary>The length field is below what any batch of magic 2 has, or the magic is not known.</summary>
    Malformed,

    /// <summary>Magic 0 or 1: a message set from before KIP-98.</summary>
    OldMagic,
}

/// <summary>
/// Walks consecutive batches of a buffer, checking of each that its header and its length fit; nothing else is
/// looked at. Stops at the first that does not; <see cref="Fault"/> then tells why.
/// <code>
/// BatchSplitter batches = new(buffer);
/// while (batches.MoveNext()) { … batches.Current … }
/// </code>
/// </summary>
public ref struct BatchSplitter
{
    private readonly ReadOnlySpan<byte> _buffer;

    public BatchSplitter(ReadOnlySpan<byte> buffer) => _buffer = buffer;

    /// <summary>Where the current batch starts in the buffer.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next batch starts: after a fault, where the buffer is bad from.</summary>
    public int NextPosition { get; private set; }

    public BatchFault Fault { get; private set; }

    public readonly RecordBatchView Current => new(_buffer[Position..NextPosition]);

    public bool MoveNext()
    {
        if (NextPosition == _buffer.Length || Fault != BatchFault.None)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = _buffer[NextPosition..];
        Fault = Check(rest);
        if (Fault != BatchFault.None)
        {
            return false;
        }

        Position = NextPosition;
        NextPosition += new RecordBatchView(rest).SizeInBytes;
        return true;
    }

    private static BatchFault Check(ReadOnlySpan<byte> rest)
    {
        // The magic lies at the same place in all formats.
        if (rest.Length <= BatchLayout.Magic)
        {
            return BatchFault.Short;
        }

        RecordBatchView view = new(rest);
        if (view.Magic is 0 or 1)
        {
            return BatchFault.OldMagic;
        }

        if (view.Magic != RecordBatchView.MagicV2
            || view.BatchLength < RecordBatchView.HeaderSize - RecordBatchView.LogOverhead)
        {
            return BatchFault.Malformed;
        }

        return view.BatchLength > rest.Length - RecordBatchView.LogOverhead ? BatchFault.Short : BatchFault.None;
    }
}
