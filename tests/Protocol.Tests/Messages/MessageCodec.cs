using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Messages;

/// <summary>Calls a message's generated reader and writer when only its type is known.</summary>
internal abstract class MessageCodec
{
    public abstract VersionRange Versions { get; }

    public static MessageCodec Of(Type message) =>
        (MessageCodec)Activator.CreateInstance(typeof(MessageCodec<>).MakeGenericType(message))!;

    public abstract object Read(ref WireReader reader, short version);

    public abstract void Write(object message, WireWriter writer, short version);

    public abstract short RequestHeaderVersion(short version);

    public abstract short ResponseHeaderVersion(short version);

    public byte[] ToBytes(object message, short version)
    {
        using var writer = new WireWriter();
        Write(message, writer, version);
        Assert.Equal(writer.Position, writer.Length);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a message that must take all of the bytes.</summary>
    public object FromBytes(byte[] bytes, short version)
    {
        var reader = new WireReader(bytes);
        object message = Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return message;
    }
}

internal sealed class MessageCodec<T> : MessageCodec
    where T : IMessage<T>
{
    public override VersionRange Versions => T.Versions;

    public override object Read(ref WireReader reader, short version) => T.Read(ref reader, version);

    public override void Write(object message, WireWriter writer, short version) => ((T)message).Write(writer, version);

    public override short RequestHeaderVersion(short version) => RequestHeader.VersionOf<T>(version);

    public override short ResponseHeaderVersion(short version) => ResponseHeader.VersionOf<T>(version);
}
