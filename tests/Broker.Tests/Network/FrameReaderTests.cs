using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KLog.Broker.Network;
using KLog.Protocol;

namespace KLog.Broker.Tests.Network;

public sealed class FrameReaderTests : IDisposable
{
    private const int FrameBytesMax = 1 << 20;

    private readonly Socket _sender;
    private readonly Socket _receiver;

    public FrameReaderTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        _sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sender.Connect(listener.LocalEndPoint!);
        _receiver = listener.Accept();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Theory]
    [InlineData(60, 2_000)]
    [InlineData(5_000, 500)]
    [InlineData(200_000, 60)]
    [InlineData(1 << 20, 12)]
    public async Task Frames_come_out_whole_and_in_order_however_they_are_cut(int bytesMax, int count)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        byte[][] frames = [.. Enumerable.Range(0, count).Select(_ => Frame(random, random.Next(8, bytesMax)))];
        Task sending = Task.Run(() => SendInPieces(frames, random));
        using var reader = new FrameReader(_receiver, FrameBytesMax, new RequestMemory(-1), CancellationToken.None);
        int next = 0;
        while (next < count && await reader.ReceiveAsync())
        {
            reader.HandleFrames(frame =>
            {
                Assert.True(frame.Span.SequenceEqual(frames[next].AsSpan(4)), $"frame {next} differs, seed {seed}");
                next++;
            });
        }

        await sending;
        Assert.Equal(count, next);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(FrameBytesMax + 1)]
    public async Task A_length_that_no_frame_has_is_a_violation(int length)
    {
        byte[] prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, length);
        _sender.Send(prefix);
        using var reader = new FrameReader(_receiver, FrameBytesMax, new RequestMemory(-1), CancellationToken.None);
        Assert.True(await reader.ReceiveAsync());
        Assert.Throws<Protocol.ProtocolViolationException>(() => reader.HandleFrames(_ => { }));
    }

    [Fact]
    public async Task A_large_frame_waits_until_others_have_given_their_memory_back()
    {
        var memory = new RequestMemory(1000);
        await memory.ReserveAsync(1000, CancellationToken.None);
        using var reader = new FrameReader(_receiver, FrameBytesMax, memory, CancellationToken.None);
        byte[] frame = Frame(new Random(1), 300_000);
        Task sending = Task.Run(() => _sender.Send(frame));
        int frames = 0;
        Task receiving = Task.Run(async () =>
        {
            while (frames == 0 && await reader.ReceiveAsync())
            {
                reader.HandleFrames(_ => frames++);
            }
        });
        Assert.NotSame(receiving, await Task.WhenAny(receiving, Task.Delay(200)));
        memory.Release(1000);
        await receiving;
        await sending;
        Assert.Equal(1, frames);
    }

    [Fact]
    public async Task Memory_that_is_given_back_serves_all_who_fit_and_none_who_left()
    {
        var memory = new RequestMemory(1000);
        await memory.ReserveAsync(1500, CancellationToken.None);
        using CancellationTokenSource leaving = new();
        Task left = memory.ReserveAsync(900, leaving.Token).AsTask();
        Task[] waiting = [.. Enumerable.Range(0, 3).Select(_ => memory.ReserveAsync(400, CancellationToken.None).AsTask())];
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.DoesNotContain(waiting, each => each.IsCompleted);
        memory.Release(1500);
        await Task.WhenAll(waiting);

        // 1200 are taken: the next waits, until one of them is given back.
        Task next = memory.ReserveAsync(1, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        memory.Release(400);
        await next;
    }

    private static byte[] Frame(Random random, int length)
    {
        byte[] frame = new byte[4 + length];
        random.NextBytes(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        return frame;
    }

    private void SendInPieces(byte[][] frames, Random random)
    {
        byte[] all = [.. frames.SelectMany(frame => frame)];
        for (int at = 0; at < all.Length;)
        {
            int piece = Math.Min(random.Next(3) == 0 ? random.Next(1, 8) : random.Next(1, 150_000), all.Length - at);
            at += _sender.Send(all.AsSpan(at, piece));
        }
    }
}
