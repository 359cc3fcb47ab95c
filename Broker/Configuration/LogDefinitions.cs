using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;

namespace KLog.Broker.Configuration;

/// <summary>The data folders and what is done to logs in the background, beside what a topic can set for itself.</summary>
internal static class LogDefinitions
{
    public static readonly ConfigDefinition[] All =
    [
        new("log.dir", List, "/tmp/kafka-logs", "The data folder, used when log.dirs is not set; without a properties file it is ./data."),
        new("log.dirs", List, null, "The data folders, separated by commas; a new partition goes to the one with the fewest."),
        new("num.recovery.threads.per.data.dir", Int, "2", "How many logs of a data folder are recovered at the same time.") { Rule = AtLeast(1) },
        new("log.retention.check.interval.ms", Long, "300000", "How often logs are looked at for segments to delete.") { Rule = AtLeast(1) },
        new("log.flush.scheduler.interval.ms", Long, "9223372036854775807", "How often logs are looked at for records to flush.") { Rule = AtLeast(1) },
        new("log.flush.offset.checkpoint.interval.ms", Int, "60000", "How often the recovery points are written down.") { Rule = AtLeast(0) },
        new("log.flush.start.offset.checkpoint.interval.ms", Int, "60000", "How often the log start offsets are written down.") { Rule = AtLeast(0) },
        new("log.initial.task.delay.ms", Long, "30000", "How long after the start the first background work on logs runs.") { Rule = AtLeast(0) },
        new("producer.id.expiration.ms", Int, "86400000",
            "How long a partition remembers an idempotent producer that writes no more.") { Rule = AtLeast(1) },
        new("producer.id.expiration.check.interval.ms", Int, "600000", "How often partitions look for producers to forget.") { Rule = AtLeast(1) },
        new("replica.high.watermark.checkpoint.interval.ms", Long, "5000", "How often the high watermarks are written down.") { Rule = AtLeast(1) },
    ];
}
