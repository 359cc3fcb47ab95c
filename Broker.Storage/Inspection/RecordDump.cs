using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Inspection;

/// <summary>Shows the records of one batch. Of a record that is larger than <see cref="KeptBytes"/> its beginning.</summary>
internal static class RecordDump
{
    internal const int KeptBytes = 1 << 20;

    /// <summary>What is wrong with the records, or null.</summary>
    /// <exception cref="CorruptCompressionException">What the codec wrote is damaged.</exception>
    internal static string? Show(ReadOnlyMemory<byte> batch, DumpDepth depth, IDumpOutput output)
    {
        RecordBatchView view = new(batch.Span);
        using PooledOutput tail = new(capacity: 4096);
        Showing showing = new(view, depth, tail, output);
        RecordFault fault = RecordWalk.Run(batch, ref showing);
        return fault == RecordFault.None ? null : $"after {showing.Count} of {view.RecordCount} records the batch is {fault.ToString().ToLowerInvariant()}";
    }

    /// <summary>As <see cref="Show"/>, of a message set of magic 0 or 1.</summary>
    internal static string? ShowOld(ReadOnlyMemory<byte> message, DumpDepth depth, IDumpOutput output)
    {
        bool isWhole = OldMessages.Walk(message, (in OldMessage each) =>
            output.Row(depth == DumpDepth.Keys
                ? new DumpRow("record", true, new("offset", each.Offset), new("key", Cut(each.Key)))
                : new DumpRow(
                    "record",
                    true,
                    new("offset", each.Offset),
                    new("timestamp", each.TimestampMs < 0 ? null : new DumpTime(each.TimestampMs)),
                    new("key", Cut(each.Key)),
                    new("value", Cut(each.Value)))));
        return isWhole ? null : "the messages in it are malformed";
    }

    private static DumpBytes? Cut(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } some ? new DumpBytes(some[..Math.Min(some.Length, KeptBytes)], some.Length) : null;

    /// <summary>Collects a record's tail, which may come in pieces, and shows the record when it ends.</summary>
    private struct Showing : IRecordSink
    {
        private readonly DumpDepth _depth;
        private readonly PooledOutput _tail;
        private readonly IDumpOutput _output;
        private readonly BatchTimes _times;
        private readonly long _baseOffset;
        private readonly bool _isControl;
        private long _offset;
        private long _timestampMs;

        internal Showing(in RecordBatchView batch, DumpDepth depth, PooledOutput tail, IDumpOutput output)
        {
            (_depth, _tail, _output) = (depth, tail, output);
            _times = new BatchTimes(batch);
            _baseOffset = batch.BaseOffset;
            _isControl = batch.IsControl;
        }

        internal int Count { get; private set; }

        public readonly bool IsDone => false;

        public void Begin(long timestampDelta, int offsetDelta, int tailLength)
        {
            _offset = _baseOffset + offsetDelta;
            _timestampMs = _times.Of(timestampDelta);
            _tail.Clear();
        }

        public readonly void Tail(ReadOnlySpan<byte> piece) =>
            _tail.Write(piece[..Math.Min(piece.Length, KeptBytes - _tail.Length)]);

        public void End(bool hasKey)
        {
            Count++;
            TailReader reader = new(_tail.Written);
            DumpBytes? key = reader.Slice();
            if (_depth == DumpDepth.Keys)
            {
                _output.Row(new DumpRow("record", true, new("offset", _offset), new("key", key)));
                return;
            }

            DumpBytes? value = reader.Slice();
            DumpValue[] values =
            [
                new("offset", _offset), new("timestamp", _timestampMs < 0 ? null : new DumpTime(_timestampMs)),
                new("key", key), new("value", value), new("headers", reader.Headers()),
            ];
            _output.Row(new DumpRow("record", true, Marker(key, value) ?? values));
        }

        private readonly DumpValue[]? Marker(in DumpBytes? key, in DumpBytes? value) =>
            _isControl
            && EndTransactionMarker.TryRead(key.GetValueOrDefault().Bytes.Span, value.GetValueOrDefault().Bytes.Span, out EndTransactionMarker marker)
                ?
                [
                    new("offset", _offset), new("timestamp", new DumpTime(_timestampMs)),
                    new("marker", marker.IsCommit ? "commit" : "abort"), new("coordinatorEpoch", marker.CoordinatorEpoch),
                ]
                : null;
    }

    /// <summary>Reads what a record holds after its offset, of which the end may be missing.</summary>
    private ref struct TailReader(ReadOnlyMemory<byte> tail)
    {
        private int _at;

        internal DumpBytes? Slice()
        {
            if (!Varint.TryRead(tail.Span, ref _at, out int length) || length < 0)
            {
                return null;
            }

            int there = Math.Min(length, tail.Length - _at);
            DumpBytes bytes = new(tail.Slice(_at, there), length);
            _at += there;
            return bytes;
        }

        internal List<DumpHeader> Headers()
        {
            List<DumpHeader> headers = [];
            if (Varint.TryRead(tail.Span, ref _at, out int count))
            {
                for (int i = 0; i < count && _at < tail.Length; i++)
                {
                    headers.Add(new DumpHeader(Slice() ?? default, Slice()));
                }
            }

            return headers;
        }
    }
}
