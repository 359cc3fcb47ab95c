using System.Buffers.Binary;
using System.Net;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>One connection that sends whole frames, and cuts what it receives into such. Belongs to one thread.</summary>
internal sealed unsafe class MessageLane(IPEndPoint address) : IDisposable
{
    private const int FirstRoom = 1 << 12;
    private readonly LoadSocket _socket = new(address);
    private FixedBytes _toSend = new(FirstRoom);
    private FixedBytes _received = new(FirstRoom);
    private int _queued;
    private int _have;

    internal int Descriptor => _socket.Descriptor;

    /// <summary>Whether the kernel has not taken all that was to be sent.</summary>
    internal bool IsBlocked => _queued > 0;

    /// <summary>Adds a frame to what <see cref="Flush"/> hands over.</summary>
    internal void Send(ReadOnlySpan<byte> frame)
    {
        MakeRoom(ref _toSend, _queued, frame.Length);
        frame.CopyTo(_toSend.Span[_queued..]);
        _queued += frame.Length;
    }

    /// <summary>Hands over as much as the kernel takes now.</summary>
    internal void Flush()
    {
        if (_queued == 0)
        {
            return;
        }

        Linux.Slice slice = new() { Start = _toSend.Start, Length = (nuint)_queued };
        int sent = (int)_socket.Send(&slice, 1);
        _toSend.Span[sent.._queued].CopyTo(_toSend.Span);
        _queued -= sent;
    }

    /// <summary>Takes in what has come, and gives each whole frame, without its size, to <paramref name="take"/>.</summary>
    internal void Receive(Action<Memory<byte>> take)
    {
        _have += _socket.Receive(_received.Start + _have, _received.Length - _have);
        int at = 0;
        int size = 0;
        while (_have - at >= sizeof(int))
        {
            size = BinaryPrimitives.ReadInt32BigEndian(_received.Span[at..]);
            if (_have - at < sizeof(int) + size)
            {
                break;
            }

            take(_received.Span.Slice(at + sizeof(int), size).ToArray());
            at += sizeof(int) + size;
        }

        _received.Span[at.._have].CopyTo(_received.Span);
        _have -= at;
        MakeRoom(ref _received, _have, size + sizeof(int));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _toSend.Dispose();
        _received.Dispose();
    }

    private static void MakeRoom(ref FixedBytes bytes, int used, int more)
    {
        if (bytes.Length - used < more)
        {
            FixedBytes larger = new(Math.Max(bytes.Length * 2, used + more));
            bytes.Span[..used].CopyTo(larger.Span);
            bytes.Dispose();
            bytes = larger;
        }
    }
}
