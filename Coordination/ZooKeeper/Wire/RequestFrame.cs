using System.Buffers.Binary;

namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// ◆ A request as it goes over the wire, and the header of an answer:
/// <code>
/// request  | length i32 | xid i32 | op i32 | body… |
/// answer   | length i32 | xid i32 | zxid i64 | error i32 | body… |    the body is missing when error is not 0
/// </code>
/// The length does not count itself.
/// </summary>
internal static class RequestFrame
{
    private const int XidPosition = sizeof(int);

    public static byte[] Of(OpCode op, JuteWriter? body = null, int xid = 0)
    {
        int bodyLength = body?.Length ?? 0;
        var frame = new JuteWriter();
        frame.Int32((2 * sizeof(int)) + bodyLength).Int32(xid).Int32((int)op);
        if (body is not null)
        {
            frame.Raw(body.Written.Span);
        }

        return frame.Written.ToArray();
    }

    public static void SetXid(byte[] frame, int xid) => BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(XidPosition), xid);
}

/// <summary>What every answer begins with.</summary>
internal readonly record struct AnswerHeader(int Xid, long Zxid, TreeError Error)
{
    public const int Size = sizeof(int) + sizeof(long) + sizeof(int);

    public static AnswerHeader Read(ref JuteReader reader) => new(reader.Int32(), reader.Int64(), (TreeError)reader.Int32());
}
