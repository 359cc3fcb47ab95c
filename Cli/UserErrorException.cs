namespace KLog.Cli;

/// <summary>What the user can put right: the message is all that is shown.</summary>
public sealed class UserErrorException(string message) : Exception(message);
