namespace KLog.Broker.Configuration;

/// <summary>What values must be in the light of each other ◆.</summary>
internal static class BrokerConfigRules
{
    public static void Check(BrokerConfig config, ConfigReader read)
    {
        read.CheckAll();
        ListenerSettings.Check(config, read);
        GroupRules.Check(read);
        if (config.LogDirs.Count == 0)
        {
            read.Refuse("log.dirs", "needs at least one folder");
        }
        else if (config.LogDirs.Distinct().Count() < config.LogDirs.Count)
        {
            read.Refuse("log.dirs", "names a folder twice");
        }

        if (config.QueuedMaxRequestBytes > 0 && config.QueuedMaxRequestBytes < config.SocketRequestMaxBytes)
        {
            read.Refuse("queued.max.request.bytes", $"must be at least socket.request.max.bytes ({config.SocketRequestMaxBytes}), or -1 for no limit");
        }

        if (config.Cleaner.DedupeBufferBytes / Math.Max(1, config.Cleaner.Threads) <= 1 << 20)
        {
            read.Refuse("log.cleaner.dedupe.buffer.size", $"must be more than 1048576 for each of the {config.Cleaner.Threads} threads (log.cleaner.threads)");
        }

        if (read.Given("broker.id") is { } broker && read.Given("node.id") is { } node && broker.Trim() != node.Trim())
        {
            read.Refuse("node.id", $"differs from broker.id={broker}; remove one of them");
        }
    }
}
