import static java.util.Collections.singleton;
import static java.util.Collections.singletonMap;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;

/** incrementalAlterConfigs of topics, of one broker, of all brokers, of a broker's loggers; synonyms; effect at once. */
public final class AdminIncremental {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        try (AdminClient admin = cluster.admin()) {
            topic(cluster, admin);
            broker(admin, Cluster.get(admin.describeCluster().controller()).idString());
        }
    }

    private static void topic(Cluster cluster, AdminClient admin) throws Exception {
        String topic = cluster.topic("incremental", 1, "segment.ms", "54321");
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        alter(admin, resource, op("max.message.bytes", "1000", OpType.SET), op("cleanup.policy", "compact", OpType.APPEND));
        await(admin, resource, "max.message.bytes", "1000", ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        await(admin, resource, "cleanup.policy", "delete,compact", ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        await(admin, resource, "segment.ms", "54321", ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "enable.idempotence", "false")) {
            byte[] key = Cluster.bytes("k");
            Check.fails("RecordTooLargeException", "above the altered max.message.bytes",
                () -> producer.send(new ProducerRecord<>(topic, 0, key, new byte[2000])).get());
            alter(admin, resource, op("max.message.bytes", null, OpType.DELETE), op("cleanup.policy", "compact", OpType.SUBTRACT));
            await(admin, resource, "max.message.bytes", "1048588", ConfigEntry.ConfigSource.DEFAULT_CONFIG);
            await(admin, resource, "cleanup.policy", "delete", ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            producer.send(new ProducerRecord<>(topic, 0, key, new byte[2000])).get();
        }
        String invalid = "InvalidConfigurationException";
        Check.fails(invalid, "no number", () -> alter(admin, resource, op("segment.ms", "soon", OpType.SET)));
        Check.fails(invalid, "out of range", () -> alter(admin, resource, op("segment.ms", "0", OpType.SET)));
        Check.fails(invalid, "an unknown config", () -> alter(admin, resource, op("no.such.config", "1", OpType.SET)));
        Check.fails(invalid, "append to what is no list", () -> alter(admin, resource, op("segment.ms", "1", OpType.APPEND)));
        ConfigResource unknown = new ConfigResource(ConfigResource.Type.TOPIC, "no-such-topic");
        Check.fails("UnknownTopicOrPartitionException", "an unknown topic",
            () -> alter(admin, unknown, op("segment.ms", "1", OpType.SET)));
    }

    private static void broker(AdminClient admin, String id) throws Exception {
        ConfigResource one = new ConfigResource(ConfigResource.Type.BROKER, id);
        ConfigResource all = new ConfigResource(ConfigResource.Type.BROKER, "");
        alter(admin, all, op("message.max.bytes", "1048589", OpType.SET));
        await(admin, one, "message.max.bytes", "1048589", ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        alter(admin, one, op("message.max.bytes", "1048590", OpType.SET));
        await(admin, one, "message.max.bytes", "1048590", ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
        List<ConfigEntry.ConfigSynonym> synonyms = describe(admin, one).get("message.max.bytes").synonyms();
        Check.equal(3, synonyms.size(), "synonyms " + synonyms);
        Check.equal("1048590", synonyms.get(0).value(), "the broker's own value first");
        Check.equal("1048589", synonyms.get(1).value(), "then the value of all brokers");
        Check.equal("1048588", synonyms.get(2).value(), "then the default");
        alter(admin, one, op("message.max.bytes", null, OpType.DELETE));
        alter(admin, all, op("message.max.bytes", null, OpType.DELETE));
        await(admin, one, "message.max.bytes", "1048588", ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        Check.fails("InvalidRequestException", "a config that needs a restart",
            () -> alter(admin, one, op("socket.request.max.bytes", "1000", OpType.SET)));
        ConfigResource loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, id);
        Config levels = describe(admin, loggers);
        Check.isTrue(!levels.entries().isEmpty(), "loggers are described");
        String name = levels.entries().iterator().next().name();
        alter(admin, loggers, op(name, "DEBUG", OpType.SET));
        await(admin, loggers, name, "DEBUG", ConfigEntry.ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG);
        alter(admin, loggers, op(name, "INFO", OpType.SET));
    }

    private static AlterConfigOp op(String name, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private static Object alter(AdminClient admin, ConfigResource resource, AlterConfigOp... ops) throws Exception {
        Collection<AlterConfigOp> all = java.util.Arrays.asList(ops);
        return Cluster.get(admin.incrementalAlterConfigs(singletonMap(resource, all)).all());
    }

    private static Config describe(AdminClient admin, ConfigResource resource) throws Exception {
        DescribeConfigsOptions options = new DescribeConfigsOptions().includeSynonyms(true);
        return Cluster.get(admin.describeConfigs(singleton(resource), options).all()).get(resource);
    }

    /** A config may take a moment to arrive where it is asked for. */
    private static void await(
        AdminClient admin, ConfigResource resource, String name, String value, ConfigEntry.ConfigSource source) throws Exception {
        long end = System.currentTimeMillis() + 5000;
        ConfigEntry entry = describe(admin, resource).get(name);
        while (!(value.equals(entry.value()) && entry.source() == source) && System.currentTimeMillis() < end) {
            Thread.sleep(20);
            entry = describe(admin, resource).get(name);
        }
        Check.equal(value + " of " + source, entry.value() + " of " + entry.source(), name);
    }
}
