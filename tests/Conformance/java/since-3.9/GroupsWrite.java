import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;

/**
 * Arguments: bootstrap, manifest, prefix, "transactions" or "plain". Commits offsets in many ways into groups of that prefix,
 * and writes a line for each group and partition: group, partition, offset (-1: none), metadata. The topic is "kept".
 */
public final class GroupsWrite {
    private final Cluster cluster;
    private final String prefix;
    private final PrintWriter manifest;

    private GroupsWrite(Cluster cluster, String prefix, PrintWriter manifest) {
        this.cluster = cluster;
        this.prefix = prefix;
        this.manifest = manifest;
    }

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        try (PrintWriter manifest = new PrintWriter(Files.newBufferedWriter(Path.of(args[1])));
             AdminClient admin = cluster.admin()) {
            if (!Cluster.get(admin.listTopics().names()).contains("kept")) {
                Cluster.get(admin.createTopics(Collections.singleton(
                    new org.apache.kafka.clients.admin.NewTopic("kept", 2, (short) 1))).all());
            }
            GroupsWrite write = new GroupsWrite(cluster, args[2], manifest);
            write.plain(admin);
            write.member();
            if (args[3].equals("transactions")) {
                write.transactions();
            }
        }
    }

    private void plain(AdminClient admin) throws Exception {
        for (int i = 0; i < 8; i++) {
            for (int round = 0; round < 3; round++) {
                for (int partition = 0; partition < 2; partition++) {
                    commit(admin, prefix + "plain-" + i, partition, 100L * round + i, "round " + round + " é");
                }
            }
            expect("plain-" + i, 0, 200 + i, "round 2 é");
            expect("plain-" + i, 1, 200 + i, "round 2 é");
        }
        commit(admin, prefix + "large", 0, Long.MAX_VALUE, "x".repeat(4000));
        expect("large", 0, Long.MAX_VALUE, "x".repeat(4000));
        commit(admin, prefix + "deleted", 0, 5, "");
        Cluster.get(admin.deleteConsumerGroups(Collections.singleton(prefix + "deleted")).all());
        expect("deleted", 0, -1, "");
        commit(admin, prefix + "half", 0, 6, "");
        commit(admin, prefix + "half", 1, 7, "kept");
        Cluster.get(admin.deleteConsumerGroupOffsets(prefix + "half", Collections.singleton(new TopicPartition("kept", 0))).all());
        expect("half", 0, -1, "");
        expect("half", 1, 7, "kept");
    }

    /** A group with a member whose generation is written: the member leaves, so that another broker finds the group empty. */
    private void member() {
        try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer("group.id", prefix + "member", "auto.offset.reset", "earliest")) {
            consumer.subscribe(Collections.singleton("kept"));
            long end = System.currentTimeMillis() + 20_000;
            while (consumer.assignment().isEmpty()) {
                Check.isTrue(System.currentTimeMillis() < end, "an assignment");
                consumer.poll(Cluster.POLL);
            }
            consumer.commitSync(Collections.singletonMap(new TopicPartition("kept", 1), new OffsetAndMetadata(77, "by a member")));
        }
        expect("member", 1, 77, "by a member");
    }

    /** Committed, aborted, overtaken by a plain commit, and one that stays open: its offset does not count. */
    private void transactions() throws Exception {
        try (AdminClient admin = cluster.admin()) {
            commit(admin, prefix + "transactions", 0, 1, "before");
            transaction("committed", 0, 10, true);
            expect("transactions", 0, 10, "committed");
            commit(admin, prefix + "transactions", 1, 2, "before");
            transaction("aborted", 1, 20, false);
            expect("transactions", 1, 2, "before");
            commit(admin, prefix + "open", 0, 3, "before");
        }
        KafkaProducer<byte[], byte[]> open = begin("open", "open", 0, 30, "open");
        open.flush();
        open.close(Duration.ZERO);
        expect("open", 0, 3, "before");
    }

    private void transaction(String name, int partition, long offset, boolean commit) {
        try (KafkaProducer<byte[], byte[]> producer = begin(name, "transactions", partition, offset, name)) {
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private KafkaProducer<byte[], byte[]> begin(String id, String group, int partition, long offset, String metadata) {
        KafkaProducer<byte[], byte[]> producer = cluster.producer("transactional.id", prefix + id, "transaction.timeout.ms", "600000");
        producer.initTransactions();
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(
            Map.of(new TopicPartition("kept", partition), new OffsetAndMetadata(offset, metadata)), new ConsumerGroupMetadata(prefix + group));
        return producer;
    }

    private static void commit(AdminClient admin, String group, int partition, long offset, String metadata) throws Exception {
        Cluster.get(admin.alterConsumerGroupOffsets(
            group, Map.of(new TopicPartition("kept", partition), new OffsetAndMetadata(offset, metadata))).all());
    }

    private void expect(String group, int partition, long offset, String metadata) {
        manifest.printf("%s\t%d\t%d\t%s%n", prefix + group, partition, offset, metadata);
    }
}
