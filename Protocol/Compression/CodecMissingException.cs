namespace KLog.Protocol.Compression;

/// <summary>A codec's native library is not installed. Batches of the other codecs go on.</summary>
public sealed class CodecMissingException : Exception
{
    public CodecMissingException(string message)
        : base(message)
    {
    }

    public CodecMissingException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public CodecMissingException()
    {
    }

    internal static CodecMissingException Of(string codec, string library, string package, Exception inner) =>
        new($"{codec} needs {library}, which is not installed; it is in the Debian package {package}", inner);
}
