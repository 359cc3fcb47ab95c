namespace KLog.Broker.Configuration;

/// <summary>What the groups' properties must be in the light of each other ◆.</summary>
internal static class GroupRules
{
    private const string SessionTimeout = "group.consumer.session.timeout.ms";
    private const string HeartbeatInterval = "group.consumer.heartbeat.interval.ms";

    public static void Check(ConfigReader read)
    {
        CheckRange(read, HeartbeatInterval, "heartbeat.interval.ms");
        CheckRange(read, SessionTimeout, "session.timeout.ms");
        if (read.Int(HeartbeatInterval) >= read.Int(SessionTimeout))
        {
            read.Refuse(HeartbeatInterval, $"must be less than {SessionTimeout} ({read.Int(SessionTimeout)})");
        }
    }

    private static void CheckRange(ConfigReader read, string name, string suffix)
    {
        string least = $"group.consumer.min.{suffix}";
        string most = $"group.consumer.max.{suffix}";
        if (read.Int(most) < read.Int(least))
        {
            read.Refuse(most, $"must be at least {least} ({read.Int(least)})");
        }
        else if (read.Int(name) < read.Int(least))
        {
            read.Refuse(name, $"must be at least {least} ({read.Int(least)}); lower that too");
        }
        else if (read.Int(name) > read.Int(most))
        {
            read.Refuse(name, $"must be at most {most} ({read.Int(most)}); raise that too");
        }
    }
}
