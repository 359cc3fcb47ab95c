using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KLog.Protocol;

namespace KLog.Broker.Network;

/// <summary>
/// Cuts the bytes of a socket into frames (int32 length, then that many bytes), each in one contiguous piece of memory.
/// <para>
/// One loop both fills the pipe and empties it. Where the rest of a frame would not fit behind its beginning, the
/// beginning is moved into a new block that is asked for in the frame's whole size: at most a receive's worth is
/// copied, and the rest of a large frame is received right where it belongs. An idle connection holds one small block.
/// </para>
/// </summary>
internal sealed class FrameReader : IDisposable
{
    private const int BlockMin = 4 << 10;
    private const int BlockMax = 64 << 10;
    private const int HeaderMin = sizeof(short) + sizeof(short) + sizeof(int);

    private readonly Socket _socket;
    private readonly int _frameBytesMax;
    private readonly RequestMemory _memory;
    private readonly CancellationToken _closing;
    private readonly Pipe _pipe;
    private int _block = BlockMin; // bytes to ask for when nothing has begun
    private int _room; // bytes left behind what was received last
    private int _begun; // bytes of a frame that is not whole yet
    private int _arrived; // bytes that were received and not looked at
    private int _frameBytes; // bytes that it will have, 0 while unknown
    private int _reserved;

    /// <param name="closing">Ends the wait for memory; a receive ends with its socket.</param>
    public FrameReader(Socket socket, int frameBytesMax, RequestMemory memory, CancellationToken closing)
    {
        _socket = socket;
        _frameBytesMax = frameBytesMax;
        _memory = memory;
        _closing = closing;
        _pipe = new Pipe(new PipeOptions(
            pool: MemoryPool<byte>.Shared,
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 0,
            minimumSegmentSize: BlockMin,
            useSynchronizationContext: false));
    }

    /// <summary>Bytes of frames, whole or not, that <see cref="HandleFrames"/> is going to see.</summary>
    public int Arrived => _arrived;

    /// <summary>A frame is whole, and was left by <see cref="HandleFrames"/>: it is called again before the next receive.</summary>
    public bool HasWholeFrame => _frameBytes > 0 && _begun >= _frameBytes;

    /// <summary>Receives once; false when the peer has closed.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    public async ValueTask<bool> ReceiveAsync()
    {
        int whole = Math.Max(_frameBytes, BlockMin);
        if (_begun > 0 && _room < whole - _begun)
        {
            if (whole > BlockMax && _reserved == 0)
            {
                await _memory.ReserveAsync(whole, _closing);
                _reserved = whole;
            }

            MoveBeginning(Math.Max(whole, _block));
        }

        Memory<byte> room = _pipe.Writer.GetMemory(_begun > 0 ? 1 : _block);
        int received = await _socket.ReceiveAsync(room);
        if (received == 0)
        {
            return false;
        }

        _pipe.Writer.Advance(received);
        _arrived = _begun + received;
        _room = room.Length - received;
        _block = _room == 0 ? Math.Min(_block * 4, BlockMax) : _block;
        Flush();
        return true;
    }

    /// <summary>
    /// Hands over every whole frame that has been received, in order; returns the bytes that were handled. A frame's
    /// memory is the receiver's only until <paramref name="handle"/> returns. Stops early, after a frame at the least,
    /// when <paramref name="isFull"/> says that the answers have to leave first (<see cref="HasWholeFrame"/>).
    /// </summary>
    /// <exception cref="ProtocolViolationException">A length that no frame has.</exception>
    public int HandleFrames(Action<Memory<byte>> handle, Func<bool>? isFull = null)
    {
        if (!_pipe.Reader.TryRead(out ReadResult result))
        {
            return 0;
        }

        ReadOnlySequence<byte> rest = result.Buffer;
        int handled = 0;
        try
        {
            while ((_frameBytes = PeekFrameBytes(rest)) > 0
                && rest.Length >= _frameBytes
                && !(handled > 0 && isFull?.Invoke() == true))
            {
                ReadOnlySequence<byte> frame = rest.Slice(sizeof(int), _frameBytes - sizeof(int));
                handled += _frameBytes;
                rest = rest.Slice(_frameBytes);
                Invariant.Holds(frame.IsSingleSegment, "a frame lies in one block");
                handle(MemoryMarshal.AsMemory(frame.First));
            }
        }
        finally
        {
            _begun = (int)rest.Length;
            _pipe.Reader.AdvanceTo(rest.Start);
        }

        if (handled > 0)
        {
            ReleaseReserved();
        }

        return handled;
    }

    public void Dispose()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
        ReleaseReserved();
    }

    /// <summary>Moves the beginning of a frame into a new block of a size.</summary>
    private void MoveBeginning(int size)
    {
        bool read = _pipe.Reader.TryRead(out ReadResult result);
        Invariant.Holds(read && result.Buffer.Length == _begun, "the beginning of a frame is still in the pipe");
        Memory<byte> block = _pipe.Writer.GetMemory(size);
        result.Buffer.CopyTo(block.Span);
        _pipe.Reader.AdvanceTo(result.Buffer.End);
        _pipe.Writer.Advance(_begun);
        Flush();
    }

    private void Flush()
    {
        ValueTask<FlushResult> flushed = _pipe.Writer.FlushAsync();
        Invariant.Holds(flushed.IsCompletedSuccessfully, "a pipe without a threshold never waits");
    }

    private void ReleaseReserved()
    {
        if (_reserved > 0)
        {
            _memory.Release(_reserved);
            _reserved = 0;
        }
    }

    /// <summary>The bytes of the frame that begins here, its length's own included; 0 while its length is not there.</summary>
    private int PeekFrameBytes(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length < sizeof(int))
        {
            return 0;
        }

        Span<byte> prefix = stackalloc byte[sizeof(int)];
        bytes.Slice(0, sizeof(int)).CopyTo(prefix);
        int length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length < HeaderMin || length > _frameBytesMax)
        {
            throw new ProtocolViolationException(
                $"a frame of {length} bytes is not within {HeaderMin} and socket.request.max.bytes={_frameBytesMax}");
        }

        return sizeof(int) + length;
    }
}
