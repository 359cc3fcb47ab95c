namespace KLog.Coordination.ZooKeeper;

/// <summary>◆ Where a client's root is in the server's tree: "" or a path. All that a client sees is below it.</summary>
internal sealed class Chroot(string prefix)
{
    public string ToServer(string path) => prefix.Length == 0 ? path : path == "/" ? prefix : prefix + path;

    /// <summary>The root cannot be deleted, a chroot's neither: the server is asked for its own, and says so.</summary>
    public string ToServer(TreeOperation operation) => operation is TreeOperation.Delete { Path: "/" } ? "/" : ToServer(operation.Path);

    public bool Contains(string serverPath) =>
        serverPath.StartsWith(prefix, StringComparison.Ordinal) && (serverPath.Length == prefix.Length || serverPath[prefix.Length] == '/');

    /// <summary>Throws <see cref="InvalidDataException"/> for a path outside.</summary>
    public string ToClient(string serverPath)
    {
        if (!Contains(serverPath))
        {
            throw new InvalidDataException($"the server answered with '{serverPath}', which is not below '{prefix}'");
        }

        return serverPath.Length == prefix.Length ? "/" : serverPath[prefix.Length..];
    }
}
