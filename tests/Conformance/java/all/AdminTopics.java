import static java.util.Collections.singleton;
import static java.util.Collections.singletonList;
import static java.util.Collections.singletonMap;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates, widens, empties and deletes topics, and what is refused of each; describeCluster. */
public final class AdminTopics {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        try (AdminClient admin = cluster.admin()) {
            Node node = Cluster.get(admin.describeCluster().nodes()).iterator().next();
            Check.equal(args[0], node.host() + ":" + node.port(), "the broker's address");
            Check.equal(node.id(), Cluster.get(admin.describeCluster().controller()).id(), "controller");
            Check.isTrue(!Cluster.get(admin.describeCluster().clusterId()).isEmpty(), "cluster id");
            create(admin, node.id());
            partitions(admin, cluster);
            deleteRecords(admin, cluster);
            delete(admin, cluster);
        }
    }

    private static void create(AdminClient admin, int broker) throws Exception {
        String assigned = name();
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        assignment.put(0, singletonList(broker));
        assignment.put(1, singletonList(broker));
        Cluster.get(make(admin, new NewTopic(assigned, assignment)));
        Check.isTrue(Cluster.get(admin.listTopics().names()).contains(assigned), "a created topic is listed");
        refused(admin, "TopicExistsException", new NewTopic(assigned, 1, (short) 1));
        refused(admin, "InvalidReplicationFactorException", new NewTopic(name(), 1, (short) 3));
        refused(admin, "InvalidReplicationFactorException", new NewTopic(name(), 1, (short) 0));
        refused(admin, "InvalidPartitionsException", new NewTopic(name(), 0, (short) 1));
        refused(admin, "InvalidTopicException", new NewTopic("not/legal", 1, (short) 1));
        refused(admin, "InvalidTopicException", new NewTopic(".", 1, (short) 1));
        refused(admin, "InvalidTopicException", new NewTopic("x".repeat(250), 1, (short) 1));
        refused(admin, "InvalidConfigurationException",
            new NewTopic(name(), 1, (short) 1).configs(singletonMap("retention.ms", "soon")));
        refused(admin, "InvalidConfigurationException",
            new NewTopic(name(), 1, (short) 1).configs(singletonMap("no.such.config", "1")));
        Map<Integer, List<Integer>> twice = new HashMap<>();
        twice.put(0, Arrays.asList(broker, broker));
        refused(admin, "InvalidReplicaAssignmentException", new NewTopic(name(), twice));
        Map<Integer, List<Integer>> gap = new HashMap<>();
        gap.put(1, singletonList(broker));
        refused(admin, "InvalidReplicaAssignmentException", new NewTopic(name(), gap));
        String onlyValidated = name();
        Cluster.get(admin.createTopics(singleton(new NewTopic(onlyValidated, 1, (short) 1)),
            new CreateTopicsOptions().validateOnly(true)).all());
        Check.isTrue(!Cluster.get(admin.listTopics().names()).contains(onlyValidated), "validateOnly makes no topic");
        String long249 = name() + "x".repeat(209);
        Cluster.get(make(admin, new NewTopic(long249, 1, (short) 1)));
    }

    private static void refused(AdminClient admin, String error, NewTopic topic) throws Exception {
        Check.fails(error, "creation of " + topic, () -> Cluster.get(make(admin, topic)));
    }

    private static KafkaFuture<Void> make(AdminClient admin, NewTopic topic) {
        return admin.createTopics(singleton(topic)).all();
    }

    private static void partitions(AdminClient admin, Cluster cluster) throws Exception {
        String topic = cluster.topic("widened", 2);
        Cluster.get(admin.createPartitions(singletonMap(topic, NewPartitions.increaseTo(5))).all());
        Check.fails("InvalidPartitionsException", "fewer partitions",
            () -> Cluster.get(admin.createPartitions(singletonMap(topic, NewPartitions.increaseTo(3))).all()));
        Check.fails("InvalidPartitionsException", "as many partitions",
            () -> Cluster.get(admin.createPartitions(singletonMap(topic, NewPartitions.increaseTo(5))).all()));
        Check.fails("UnknownTopicOrPartitionException", "partitions of an unknown topic",
            () -> Cluster.get(admin.createPartitions(singletonMap(name(), NewPartitions.increaseTo(3))).all()));
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all")) {
            Check.equal(0L, producer.send(new ProducerRecord<>(topic, 4, null, Cluster.bytes("v"))).get().offset(),
                "offset in an added partition");
            Check.equal(5, producer.partitionsFor(topic).size(), "partitions");
        }
    }

    private static void deleteRecords(AdminClient admin, Cluster cluster) throws Exception {
        String topic = cluster.topic("emptied", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all")) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, Cluster.bytes("v" + i)));
            }
        }
        Check.equal(4L, deleteBefore(admin, partition, 4), "low watermark");
        Check.equal(4L, deleteBefore(admin, partition, 2), "low watermark after a delete below it");
        Check.fails("OffsetOutOfRangeException", "deletion beyond the end", () -> deleteBefore(admin, partition, 11));
        Check.equal(4L, cluster.readAll(singleton(partition), 6).get(0).offset(), "the first offset left");
        Check.equal(10L, deleteBefore(admin, partition, -1), "low watermark after everything was deleted");
        cluster.readAll(singleton(partition), 0);
    }

    private static long deleteBefore(AdminClient admin, TopicPartition partition, long offset) throws Exception {
        return Cluster.get(admin.deleteRecords(singletonMap(partition, RecordsToDelete.beforeOffset(offset)))
            .lowWatermarks().get(partition)).lowWatermark();
    }

    private static void delete(AdminClient admin, Cluster cluster) throws Exception {
        String topic = cluster.topic("deleted", 3);
        Cluster.get(admin.deleteTopics(singleton(topic)).all());
        long end = System.currentTimeMillis() + 10_000;
        while (Cluster.get(admin.listTopics().names()).contains(topic) && System.currentTimeMillis() < end) {
            Thread.sleep(20);
        }
        Check.isTrue(!Cluster.get(admin.listTopics().names()).contains(topic), "a deleted topic is not listed");
        Check.fails("UnknownTopicOrPartitionException", "deletion of an unknown topic",
            () -> Cluster.get(admin.deleteTopics(singleton(name())).all()));
        while (!recreated(admin, topic)) {
            Check.isTrue(System.currentTimeMillis() < end, "a deleted topic can be made again");
            Thread.sleep(20);
        }
    }

    /** Not at once: the name stays taken until the deletion is done. */
    private static boolean recreated(AdminClient admin, String topic) throws Exception {
        try {
            Cluster.get(make(admin, new NewTopic(topic, 1, (short) 1)));
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    private static String name() {
        return "at-" + UUID.randomUUID();
    }
}
