using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.ZooKeeper;

/// <summary>The server does not know the session any more.</summary>
internal sealed class SessionGoneException() : IOException("the session has expired");

/// <summary>The server does not take the credentials, or could not show that it knows them.</summary>
internal sealed class LoginRefusedException(string message) : IOException(message);

/// <summary>
/// What is said on a new connection before any call: connect with the session, or for a new one, then SASL, each step after
/// the answer to the one before it.
/// </summary>
internal static class SessionHandshake
{
    /// <summary>
    /// Brings the identity up to what the server granted. Throws <see cref="SessionGoneException"/>,
    /// <see cref="LoginRefusedException"/>, IOException for a connection that ends, InvalidDataException for nonsense.
    /// </summary>
    public static async Task RunAsync(Stream stream, PacketReader packets, SessionIdentity session, SaslCredentials? sasl, CancellationToken cancellation)
    {
        int timeoutMs = (int)session.RequestedTimeout.TotalMilliseconds;
        await stream.WriteAsync(ConnectAnswer.Request(session.LastZxid, timeoutMs, session.Id, session.Password), cancellation);
        await stream.FlushAsync(cancellation);
        ConnectAnswer answer = ConnectAnswer.Read((await packets.ReadAsync(cancellation)).Whole);
        if (answer.IsExpired)
        {
            throw new SessionGoneException();
        }

        session.Id = answer.SessionId;
        session.Password = answer.Password;
        session.Timeout = TimeSpan.FromMilliseconds(answer.TimeoutMs);
        if (sasl is not null)
        {
            await LogInAsync(stream, packets, new DigestMd5(sasl, DigestMd5.NewNonce()), cancellation);
        }
    }

    /// <summary>
    /// <code>
    /// sasl | token buffer |        and the same in the answer. The first token is empty: the server begins.
    /// </code>
    /// </summary>
    private static async Task LogInAsync(Stream stream, PacketReader packets, DigestMd5 digest, CancellationToken cancellation)
    {
        byte[] challenge = await ExchangeAsync(stream, packets, [], cancellation);
        byte[] verdict = await ExchangeAsync(stream, packets, digest.Respond(challenge), cancellation);
        if (!digest.Accepts(verdict))
        {
            throw new LoginRefusedException("the server does not know the SASL user's password");
        }
    }

    private static async Task<byte[]> ExchangeAsync(Stream stream, PacketReader packets, byte[] token, CancellationToken cancellation)
    {
        await stream.WriteAsync(RequestFrame.Of(OpCode.Sasl, new JuteWriter().Buffer(token)), cancellation);
        await stream.FlushAsync(cancellation);
        return Token((await packets.ReadAsync(cancellation)).Whole);
    }

    private static byte[] Token(ReadOnlySpan<byte> packet)
    {
        var reader = new JuteReader(packet);
        AnswerHeader header = AnswerHeader.Read(ref reader);
        return header.Error == TreeError.Ok ? reader.Buffer() : throw new LoginRefusedException($"the server refused the SASL user: {header.Error}");
    }
}
