import static java.util.Collections.singleton;

import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** describeConfigs of topics and of the broker: values, where they come from, what is hidden. */
public final class AdminConfigs {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("described", 1, "retention.ms", "12345", "cleanup.policy", "compact,delete");
        try (AdminClient admin = cluster.admin()) {
            ConfigResource ofTopic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            String id = Cluster.get(admin.describeCluster().controller()).idString();
            ConfigResource ofBroker = new ConfigResource(ConfigResource.Type.BROKER, id);
            Map<ConfigResource, Config> found = Cluster.get(admin.describeConfigs(Arrays.asList(ofTopic, ofBroker)).all());
            topic(found.get(ofTopic));
            broker(found.get(ofBroker));
            Check.fails("UnknownTopicOrPartitionException", "configs of an unknown topic", () -> Cluster.get(
                admin.describeConfigs(singleton(new ConfigResource(ConfigResource.Type.TOPIC, "no-such-topic"))).all()));
        }
    }

    private static void topic(Config config) {
        entry(config, "retention.ms", "12345", ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG, false);
        entry(config, "cleanup.policy", "compact,delete", ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG, false);
        entry(config, "segment.bytes", "1073741824", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "max.message.bytes", "1048588", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "compression.type", "producer", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "retention.bytes", "-1", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "flush.messages", "9223372036854775807", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "segment.ms", "604800000", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
    }

    private static void broker(Config config) {
        Check.isTrue(config.get("log.dirs").value().startsWith("/"), "log.dirs");
        entry(config, "log.dirs", config.get("log.dirs").value(), ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG, true);
        entry(config, "log.segment.bytes", "1073741824", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "socket.request.max.bytes", "104857600", ConfigEntry.ConfigSource.DEFAULT_CONFIG, true);
        entry(config, "message.max.bytes", "1048588", ConfigEntry.ConfigSource.DEFAULT_CONFIG, false);
        entry(config, "auto.create.topics.enable", "true", ConfigEntry.ConfigSource.DEFAULT_CONFIG, true);
    }

    private static void entry(Config config, String name, String value, ConfigEntry.ConfigSource source, boolean readOnly) {
        ConfigEntry entry = config.get(name);
        Check.isTrue(entry != null, name + " is described");
        Check.equal(value, entry.value(), name);
        Check.equal(source, entry.source(), "source of " + name);
        Check.equal(readOnly, entry.isReadOnly(), "read-only of " + name);
        Check.equal(false, entry.isSensitive(), "sensitive of " + name);
    }
}
