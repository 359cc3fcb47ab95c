using KLog.Protocol.Compression;

namespace KLog.Protocol.Records;

/// <summary>
/// Walks the records of a batch, compressed or not, in bounded memory: where a record is larger than the window that
/// it is decompressed into, its tail comes in pieces.
/// </summary>
public static class RecordWalk
{
    /// <summary>
    /// Gives the sink each record whose structure is whole; what is None in the end is the whole batch, in which the
    /// header's count, every length and the end of the body agree.
    /// </summary>
    /// <param name="batch">One batch of magic 2, from its header to its end.</param>
    /// <param name="sink">Told of records before a fault too.</param>
    /// <exception cref="CorruptCompressionException">The body is not what its codec wrote.</exception>
    /// <exception cref="CodecMissingException">The codec's native library is not installed.</exception>
    public static RecordFault Run<TSink>(ReadOnlyMemory<byte> batch, ref TSink sink)
        where TSink : struct, IRecordSink, allows ref struct
    {
        RecordBatchView view = new(batch.Span);
        if (view.Compression == CompressionType.None)
        {
            RecordReader records = new(view.Body, view.RecordCount);
            Give(ref records, ref sink);
            return records.Fault;
        }

        using RecordWindow window = RecordWindow.Rent(view.Compression, batch[RecordBatchView.HeaderSize..view.SizeInBytes]);
        window.Fill();
        return RunWindow(window, view.RecordCount, ref sink);
    }

    private static RecordFault RunWindow<TSink>(RecordWindow window, int count, ref TSink sink)
        where TSink : struct, IRecordSink, allows ref struct
    {
        while (true)
        {
            RecordReader records = new(window.Unread, count);
            Give(ref records, ref sink);
            window.Pass(records.Position);
            count -= records.Index;
            if (sink.IsDone || records.Fault is RecordFault.Malformed or RecordFault.Trailing)
            {
                return records.Fault;
            }

            if (window.IsFull)
            {
                if (!LargeRecord.TryGive(window, ref sink))
                {
                    return RecordFault.Malformed;
                }

                count--;
            }
            else if (!window.Fill())
            {
                return records.Fault;
            }
        }
    }

    private static void Give<TSink>(ref RecordReader records, ref TSink sink)
        where TSink : struct, IRecordSink, allows ref struct
    {
        while (!sink.IsDone && records.MoveNext())
        {
            ReadOnlySpan<byte> tail = records.Tail;
            sink.Begin(records.TimestampDelta, records.OffsetDelta, tail.Length);
            sink.Tail(tail);
            sink.End(records.HasKey);
        }
    }
}
