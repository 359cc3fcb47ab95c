namespace KLog.Protocol.Compression;

/// <summary>Compressed bytes that no encoder of their codec writes, or that end too early. It concerns one batch.</summary>
public sealed class CorruptCompressionException : Exception
{
    public CorruptCompressionException(string message)
        : base(message)
    {
    }

    public CorruptCompressionException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public CorruptCompressionException()
    {
    }
}
