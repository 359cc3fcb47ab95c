using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KLog.Bench.Throughput.Load;

/// <summary>One connection, driven by system calls that never wait. Belongs to one thread.</summary>
internal sealed unsafe class LoadSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    internal LoadSocket(IPEndPoint address)
    {
        _socket.Connect(address);
        Descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
    }

    internal int Descriptor { get; }

    /// <summary>Hands slices to the kernel. Answers how many bytes it took: 0 when its buffer is full.</summary>
    internal long Send(Linux.Slice* slices, int count)
    {
        Linux.Message message = new() { Slices = slices, SliceCount = (nuint)count };
        return Checked(Linux.Send(Descriptor, &message, Linux.DontWait | Linux.NoSignal), "send");
    }

    /// <summary>Takes what has come, at most <paramref name="length"/> bytes. Answers 0 when nothing has.</summary>
    internal int Receive(byte* buffer, int length) => Receive(buffer, length, Linux.DontWait);

    /// <summary>Has the kernel throw away what has come, at most <paramref name="length"/> bytes.</summary>
    internal int Discard(int length) => Receive(null, length, Linux.DontWait | Linux.Truncate);

    public void Dispose() => _socket.Dispose();

    private int Receive(byte* buffer, int length, int flags)
    {
        nint received = Linux.Receive(Descriptor, buffer, (nuint)length, flags);
        return received == 0 && length > 0
            ? throw new LoadException("the broker closed a connection")
            : (int)Checked(received, "receive");
    }

    private static long Checked(nint result, string call)
    {
        if (result >= 0)
        {
            return result;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is Linux.Again or Linux.Interrupted
            ? 0
            : throw new LoadException($"a connection broke ({call}: {Marshal.GetPInvokeErrorMessage(error)})");
    }
}

/// <summary>A run that cannot be counted: a broken connection, an error code, an answer that is not the one expected.</summary>
internal sealed class LoadException(string message) : Exception(message);
