namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>
/// ◆ The bodies of requests. Paths are the server's, with the chroot.
/// <code>
/// create2       | path | data buffer | acl vector of ( permissions i32, scheme string, id string ) | mode i32 |
/// delete, check | path | version i32 |
/// setData       | path | data buffer | version i32 |
/// getData, exists, getChildren2   | path | watch boolean |
/// sync          | path |
/// </code>
/// </summary>
internal static class Requests
{
    public static JuteWriter Create(string path, ReadOnlySpan<byte> data, IReadOnlyList<NodeAcl> acls, CreateMode mode) =>
        new JuteWriter().Text(path).Buffer(data).Acls(acls).Int32((int)mode);

    public static JuteWriter Versioned(string path, int expectedVersion) => new JuteWriter().Text(path).Int32(expectedVersion);

    public static JuteWriter SetData(string path, ReadOnlySpan<byte> data, int expectedVersion) =>
        new JuteWriter().Text(path).Buffer(data).Int32(expectedVersion);

    public static JuteWriter Read(string path, bool watch) => new JuteWriter().Text(path).Bool(watch);

    public static JuteWriter Sync(string path) => new JuteWriter().Text(path);
}
