namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// ◆ The first packet in either direction:
/// <code>
/// request  | length i32 | protocol i32 = 0 | last zxid i64 | time-out ms i32 | session i64 | password buffer | read-only u8 |
/// answer   | length i32 | protocol i32 = 0 | time-out ms i32 | session i64 | password buffer | read-only u8 |
/// </code>
/// A session of 0 asks for a new one. A time-out of 0 in the answer: the session is not, or no longer, there.
/// </summary>
internal readonly record struct ConnectAnswer(int TimeoutMs, long SessionId, byte[] Password)
{
    public bool IsExpired => TimeoutMs <= 0;

    public static byte[] Request(long lastZxid, int timeoutMs, long sessionId, byte[] password)
    {
        JuteWriter body = new JuteWriter().Int32(0).Int64(lastZxid).Int32(timeoutMs).Int64(sessionId).Buffer(password).Bool(false);
        return new JuteWriter().Buffer(body.Written.Span).Written.ToArray();
    }

    public static ConnectAnswer Read(ReadOnlySpan<byte> packet)
    {
        var reader = new JuteReader(packet);
        reader.Int32();
        return new ConnectAnswer(reader.Int32(), reader.Int64(), reader.Buffer());
    }
}
