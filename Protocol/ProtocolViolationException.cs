namespace KLog.Protocol;

/// <summary>
/// The peer sent something that no version of the protocol allows. It closes the one connection that it came from,
/// with one log line; nothing else suffers.
/// </summary>
public sealed class ProtocolViolationException : Exception
{
    public ProtocolViolationException(string message)
        : base(message)
    {
    }

    public ProtocolViolationException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ProtocolViolationException()
    {
    }
}
