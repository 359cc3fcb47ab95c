namespace KLog.Broker;

/// <summary>The broker cannot start. The message names what stands in the way and the way out, for a person to read.</summary>
public sealed class StartupException : Exception
{
    public StartupException(string message)
        : base(message)
    {
    }

    public StartupException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public StartupException()
    {
    }
}
