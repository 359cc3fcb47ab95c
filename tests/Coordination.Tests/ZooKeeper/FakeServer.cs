using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using KLog.Coordination.ZooKeeper;
using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>
/// Servers in memory. Every connection runs the next script; without one it is refused. What a script throws, the test gets
/// from <see cref="FinishAsync"/>.
/// </summary>
internal sealed class FakeServer : IZooKeeperTransport
{
    private readonly ConcurrentQueue<Func<FakeConnection, Task>> _scripts = new();
    private readonly ConcurrentBag<Task> _running = [];

    public ConcurrentQueue<ServerAddress> Asked { get; } = new();

    public FakeServer Then(Func<FakeConnection, Task> script)
    {
        _scripts.Enqueue(script);
        return this;
    }

    public Task<Stream> ConnectAsync(ServerAddress server, CancellationToken cancellation)
    {
        Asked.Enqueue(server);
        if (!_scripts.TryDequeue(out Func<FakeConnection, Task>? script))
        {
            throw new IOException("refused");
        }

        var toServer = new Pipe();
        var toClient = new Pipe();
        var connection = new FakeConnection(toServer.Reader.AsStream(), toClient.Writer.AsStream());
        _running.Add(Task.Run(async () =>
        {
            await using (connection)
            {
                await script(connection);
            }
        }, CancellationToken.None));
        return Task.FromResult<Stream>(new DuplexStream(toClient.Reader.AsStream(), toServer.Writer.AsStream()));
    }

    public Task FinishAsync() => Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(30));
}

/// <summary>The server's end of one connection.</summary>
internal sealed class FakeConnection(Stream input, Stream output) : IAsyncDisposable
{
    private readonly PacketReader _packets = new(input, 16 << 20);

    /// <summary>The session that the client asked for, and the zxid that it had seen.</summary>
    public (long Session, long LastZxid) Asked { get; private set; }

    /// <summary>Takes the connect request, and grants the session.</summary>
    public async Task GrantAsync(long session = 7, int timeoutMs = 30_000)
    {
        await TakeConnectAsync();
        await SendAsync(Connected(session, timeoutMs));
    }

    public async Task TakeConnectAsync()
    {
        Packet packet = await _packets.ReadAsync(default);
        Asked = Read(packet.Whole);

        static (long, long) Read(ReadOnlySpan<byte> bytes)
        {
            var reader = new JuteReader(bytes);
            reader.Int32();
            long zxid = reader.Int64();
            reader.Int32();
            return (reader.Int64(), zxid);
        }
    }

    public static byte[] Connected(long session = 7, int timeoutMs = 30_000) =>
        Packet(new JuteWriter().Int32(0).Int32(timeoutMs).Int64(session).Buffer(new byte[16]).Bool(false));

    /// <summary>The next request that is no ping: its xid, its op, and its body.</summary>
    public async Task<(int Xid, OpCode Op, byte[] Body)> TakeAsync()
    {
        while (true)
        {
            byte[] packet = (await _packets.ReadAsync(default)).Bytes.ToArray();
            int xid = BinaryPrimitives.ReadInt32BigEndian(packet);
            var op = (OpCode)BinaryPrimitives.ReadInt32BigEndian(packet.AsSpan(4));
            if (op != OpCode.Ping)
            {
                return (xid, op, packet[8..]);
            }
        }
    }

    /// <summary>Whether the next packet is a ping.</summary>
    public async Task<bool> TakesPingAsync() =>
        BinaryPrimitives.ReadInt32BigEndian((await _packets.ReadAsync(default)).Bytes.Span) == SpecialXid.Ping;

    public Task AnswerAsync(int xid, JuteWriter? body = null, TreeError error = TreeError.Ok, long zxid = 1) => SendAsync(Answer(xid, body, error, zxid));

    public static byte[] Answer(int xid, JuteWriter? body = null, TreeError error = TreeError.Ok, long zxid = 1)
    {
        JuteWriter answer = new JuteWriter().Int32(xid).Int64(zxid).Int32((int)error);
        return Packet(body is null ? answer : answer.Raw(body.Written.Span));
    }

    public Task EventAsync(WatchEventType type, string path) => AnswerAsync(SpecialXid.WatchEvent, new JuteWriter().Int32((int)type).Int32(3).Text(path), zxid: -1);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await output.WriteAsync(bytes);
        await output.FlushAsync();
    }

    /// <summary>Waits until the client has closed.</summary>
    public async Task UntilClosedAsync() => await Assert.ThrowsAnyAsync<EndOfStreamException>(async () =>
    {
        while (true)
        {
            await TakeAsync();
        }
    });

    /// <summary>Answers the goodbye, and whatever comes before it with nothing.</summary>
    public async Task ServeUntilGoodbyeAsync()
    {
        OpCode op;
        do
        {
            (int xid, op, _) = await TakeAsync();
            await AnswerAsync(xid);
        }
        while (op != OpCode.CloseSession);
    }

    public static JuteWriter Stat(int version = 0)
    {
        var stat = new JuteWriter();
        return stat.Int64(1).Int64(1).Int64(1).Int64(1).Int32(version).Int32(0).Int32(0).Int64(0).Int32(0).Int32(0).Int64(1);
    }

    public async ValueTask DisposeAsync()
    {
        await output.DisposeAsync();
        await input.DisposeAsync();
    }

    private static byte[] Packet(JuteWriter content) => new JuteWriter().Buffer(content.Written.Span).Written.ToArray();
}

/// <summary>Reads here, writes there.</summary>
internal sealed class DuplexStream(Stream input, Stream output) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        output.Dispose();
        input.Dispose();
        base.Dispose(disposing);
    }
}
