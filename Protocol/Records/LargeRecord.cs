namespace KLog.Protocol.Records;

/// <summary>A record that is larger than the window it is decompressed into: it passes through piece by piece.</summary>
internal static class LargeRecord
{
    /// <summary>False when the record's parts do not add up to its length, or the content ends before it.</summary>
    internal static bool TryGive<TSink>(RecordWindow window, ref TSink sink)
        where TSink : struct, IRecordSink, allows ref struct
    {
        ReadOnlySpan<byte> bytes = window.Unread;
        int at = 0;
        if (!Varint.TryRead(bytes, ref at, out int length) || length < 0)
        {
            return false;
        }

        int start = at++;
        if (!Varint.TryReadLong(bytes, ref at, out long timestampDelta)
            || !Varint.TryRead(bytes, ref at, out int offsetDelta))
        {
            return false;
        }

        int tailLength = length - (at - start);
        if (tailLength < 0)
        {
            return false;
        }

        window.Pass(at);
        sink.Begin(timestampDelta, offsetDelta, tailLength);
        TailPieces<TSink> pieces = new(window, tailLength);
        if (!pieces.TryPassSlice(ref sink, out int keyLength)
            || !pieces.TryPassSlice(ref sink, out _)
            || !pieces.TryPassHeaders(ref sink))
        {
            return false;
        }

        sink.End(keyLength >= 0);
        return true;
    }

    /// <summary>Passes the parts of a tail on to a sink, and sees that they stay within it.</summary>
    private readonly ref struct TailPieces<TSink>(RecordWindow window, int length)
        where TSink : struct, IRecordSink, allows ref struct
    {
        private readonly long _end = window.Passed + length;

        internal bool TryPassHeaders(ref TSink sink)
        {
            if (!TryPassVarint(ref sink, out int count) || count < 0)
            {
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                if (!TryPassSlice(ref sink, out int keyLength) || keyLength < 0 || !TryPassSlice(ref sink, out _))
                {
                    return false;
                }
            }

            return window.Passed == _end;
        }

        /// <summary>A length, and as many bytes.</summary>
        internal bool TryPassSlice(ref TSink sink, out int length)
        {
            if (!TryPassVarint(ref sink, out length) || length > _end - window.Passed)
            {
                return false;
            }

            for (int left = length; left > 0;)
            {
                if (window.Unread.IsEmpty && !window.Fill())
                {
                    return false;
                }

                int piece = Math.Min(left, window.Unread.Length);
                PassPiece(ref sink, piece);
                left -= piece;
            }

            return true;
        }

        private bool TryPassVarint(ref TSink sink, out int value)
        {
            if (window.Unread.Length < Varint.IntBytesMax)
            {
                window.Fill();
            }

            int at = 0;
            if (!Varint.TryRead(window.Unread, ref at, out value) || at > _end - window.Passed)
            {
                return false;
            }

            PassPiece(ref sink, at);
            return true;
        }

        private void PassPiece(ref TSink sink, int count)
        {
            sink.Tail(window.Unread[..count]);
            window.Pass(count);
        }
    }
}
