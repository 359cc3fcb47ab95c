import static java.util.Collections.singleton;
import static java.util.Collections.singletonList;
import static java.util.Collections.singletonMap;

import java.util.Collections;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What Kafka 4's client has no more: alterConfigs, describeTopics and describeLogDirs by their first methods. */
public final class AdminOld {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("old", 3, "retention.ms", "12345", "segment.ms", "54321");
        try (AdminClient admin = cluster.admin()) {
            describe(admin, topic);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            alter(admin, resource, new ConfigEntry("retention.ms", "99999"));
            Check.equal("99999", value(admin, resource, "retention.ms"), "altered retention.ms");
            // alterConfigs replaces everything: what it does not name returns to its default.
            Check.equal("604800000", value(admin, resource, "segment.ms"), "segment.ms after alterConfigs");
            Check.fails("InvalidRequestException", "a value that is no number", () -> {
                alter(admin, resource, new ConfigEntry("retention.ms", "soon"));
                return null;
            });
            logDirs(admin, cluster, topic);
        }
    }

    private static void describe(AdminClient admin, String topic) throws Exception {
        TopicDescription found = Cluster.get(admin.describeTopics(singleton(topic)).values().get(topic));
        Check.equal(3, found.partitions().size(), "partitions");
        Check.equal(false, found.isInternal(), "internal");
        Check.equal(1, found.partitions().get(2).isr().size(), "in-sync replicas");
        Check.fails("UnknownTopicOrPartitionException", "description of an unknown topic",
            () -> Cluster.get(admin.describeTopics(singleton("no-such-topic")).all()));
    }

    private static void alter(AdminClient admin, ConfigResource resource, ConfigEntry entry) throws Exception {
        try {
            Cluster.get(admin.alterConfigs(singletonMap(resource, new Config(singletonList(entry)))).all());
        } catch (java.util.concurrent.ExecutionException e) {
            // KRaft says InvalidConfigurationException where ZooKeeper's brokers say InvalidRequestException.
            if (e.getCause() instanceof org.apache.kafka.common.errors.InvalidConfigurationException) {
                throw new org.apache.kafka.common.errors.InvalidRequestException(e.getCause().getMessage());
            }
            throw e;
        }
    }

    /** A config may take a moment to arrive everywhere. */
    private static String value(AdminClient admin, ConfigResource resource, String name) throws Exception {
        Thread.sleep(100);
        return Cluster.get(admin.describeConfigs(singleton(resource)).all()).get(resource).get(name).value();
    }

    private static void logDirs(AdminClient admin, Cluster cluster, String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all")) {
            producer.send(new ProducerRecord<>(topic, 1, null, new byte[5000])).get();
        }
        int id = Cluster.get(admin.describeCluster().controller()).id();
        Map<String, ?> folders = Cluster.get(admin.describeLogDirs(Collections.singletonList(id)).all()).get(id);
        Check.equal(1, folders.size(), "log folders");
        Object folder = folders.values().iterator().next();
        Map<?, ?> replicas = (Map<?, ?>) folder.getClass().getField("replicaInfos").get(folder);
        Object replica = replicas.get(new TopicPartition(topic, 1));
        long size = (long) replica.getClass().getField("size").get(replica);
        Check.isTrue(size > 5000 && size < 5200, "size of a replica: " + size);
    }
}
