namespace KLog.Coordination;

/// <summary>An operation on the tree that did not happen, or whose answer was lost.</summary>
public sealed class TreeException : Exception
{
    public TreeException(TreeError error, string path, int failedOperation = -1, string? detail = null, Exception? inner = null)
        : base($"{error} for {path}{(detail is null ? "" : ": " + detail)}", inner)
    {
        Error = error;
        Path = path;
        FailedOperation = failedOperation;
    }

    public TreeError Error { get; }

    public string Path { get; }

    /// <summary>Which operation of a multi failed, from 0; −1 when it was no multi.</summary>
    public int FailedOperation { get; }
}
