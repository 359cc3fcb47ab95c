namespace KLog.Coordination.ZooKeeper;

/// <summary>What an ACL allows; the values are ZooKeeper's.</summary>
[Flags]
internal enum NodePermissions
{
    Read = 1,
    Write = 2,
    Create = 4,
    Delete = 8,
    Admin = 16,
    All = Read | Write | Create | Delete | Admin,
}

/// <summary>
/// ◆ Who may do what with a node. Kafka's rule under zookeeper.set.acl: the creator everything, the world may read, but not
/// where secrets are; /consumers is everybody's.
/// </summary>
internal readonly record struct NodeAcl(NodePermissions Permissions, string Scheme, string Id)
{
    private static readonly NodeAcl[] Open = [new(NodePermissions.All, "world", "anyone")];

    /// <summary>"auth" becomes, on the server, whoever this connection has authenticated as.</summary>
    private static readonly NodeAcl[] CreatorOnly = [new(NodePermissions.All, "auth", "")];

    private static readonly NodeAcl[] CreatorAndReaders = [.. CreatorOnly, new(NodePermissions.Read, "world", "anyone")];

    private static readonly string[] Secrets = [Paths.ConfigEntities("users"), Paths.ConfigEntities("brokers"), Paths.DelegationTokens];

    public static IReadOnlyList<NodeAcl> For(string path, bool isSecure)
    {
        if (!isSecure || path == Paths.Consumers)
        {
            return Open;
        }

        return Secrets.Any(secret => path.StartsWith(secret, StringComparison.Ordinal)) ? CreatorOnly : CreatorAndReaders;
    }
}
