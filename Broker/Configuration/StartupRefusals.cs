namespace KLog.Broker.Configuration;

/// <summary>
/// Properties that guard the data or change what the broker is ◆. A broker that ignored them would be less safe than the
/// file says, so it does not start.
/// </summary>
internal static class StartupRefusals
{
    private static readonly (string Name, Func<string, bool> Asks, string Answer)[] Refusals =
    [
        ("authorizer.class.name", Given, "KLog has no authorizer yet, and would let everybody do everything; remove it only where that is right"),
        ("security.inter.broker.protocol", value => value != ListenerSettings.Plaintext, "KLog speaks only PLAINTEXT so far; set PLAINTEXT, or remove the line"),
        ("process.roles", Given, "KLog does not take part in KRaft: one broker coordinates itself, and a cluster will use ZooKeeper; remove it and the controller.* lines"),
        ("zookeeper.connect", Given, "clusters on ZooKeeper come with a later version; remove it to run one broker with embedded coordination"),
        ("zookeeper.metadata.migration.enable", IsTrue, "KLog does not migrate to KRaft; remove it"),
        ("create.topic.policy.class.name", Given, "KLog cannot load a Java policy, and would let topics be created that the policy forbids; remove it only where that is right"),
        ("alter.config.policy.class.name", Given, "KLog cannot load a Java policy, and would let configurations be changed that the policy forbids; remove it only where that is right"),
        ("client.quota.callback.class", Given, "KLog cannot load a Java class, and would enforce no quotas; remove it only where that is right"),
        ("principal.builder.class", value => Given(value) && !value.EndsWith(".DefaultKafkaPrincipalBuilder", StringComparison.Ordinal), "KLog cannot load a Java class; remove the line"),
        ("remote.log.storage.system.enable", IsTrue, "KLog has no tiered storage, and would not see the records that were moved away; set false, or remove the line"),
        ("config.providers", Given, "KLog does not resolve ${provider:…} values; write the values themselves"),
        ("cordoned.log.dirs", Given, "KLog places partitions in every folder of log.dirs; remove the folder from log.dirs, or this line"),
    ];

    public static IEnumerable<InvalidConfigException> Check(IReadOnlyDictionary<string, string> properties) =>
        from refusal in Refusals
        where properties.TryGetValue(refusal.Name, out string? value) && refusal.Asks(value.Trim())
        select new InvalidConfigException(refusal.Name, properties[refusal.Name], refusal.Answer);

    /// <summary>Named here with a value that asks for nothing: nothing to warn of.</summary>
    public static bool Covers(string name) => Refusals.Any(refusal => refusal.Name == name);

    private static bool Given(string value) => value.Length > 0;

    private static bool IsTrue(string value) => value.Equals("true", StringComparison.OrdinalIgnoreCase);
}
