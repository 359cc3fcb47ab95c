import static java.util.Collections.singleton;
import static java.util.Collections.singletonList;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Topic ids, describeProducers, the greatest timestamp, log folders with their sizes. */
public final class AdminRecent {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("recent", 2);
        TopicPartition partition = new TopicPartition(topic, 0);
        long startMs = System.currentTimeMillis() - 100_000;
        try (AdminClient admin = cluster.admin();
             KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "enable.idempotence", "true")) {
            for (int i = 0; i < 10; i++) {
                long timeMs = startMs + (i == 6 ? 50_000 : i);
                producer.send(new ProducerRecord<>(topic, 0, timeMs, null, Cluster.bytes("v" + i))).get();
            }
            Check.equal(6L, AdminOffsets.list(admin, partition, OffsetSpec.maxTimestamp()).offset(), "greatest timestamp");
            Check.equal(startMs + 50_000, AdminOffsets.list(admin, partition, OffsetSpec.maxTimestamp()).timestamp(), "its time");
            producers(admin, partition);
            logDirs(admin, partition);
            ids(admin, topic);
        }
    }

    private static void producers(AdminClient admin, TopicPartition partition) throws Exception {
        List<ProducerState> states =
            Cluster.get(admin.describeProducers(singleton(partition)).partitionResult(partition)).activeProducers();
        Check.equal(1, states.size(), "active producers");
        Check.equal(0, states.get(0).producerEpoch(), "producer epoch");
        Check.equal(9, states.get(0).lastSequence(), "last sequence");
        Check.equal(false, states.get(0).currentTransactionStartOffset().isPresent(), "transaction");
    }

    private static void logDirs(AdminClient admin, TopicPartition partition) throws Exception {
        int id = Cluster.get(admin.describeCluster().controller()).id();
        Map<String, LogDirDescription> folders =
            Cluster.get(admin.describeLogDirs(singletonList(id)).allDescriptions()).get(id);
        LogDirDescription folder = folders.values().iterator().next();
        Check.equal(null, folder.error(), "error of a log folder");
        Check.isTrue(folder.replicaInfos().get(partition).size() > 500, "size of a replica");
        Check.equal(false, folder.replicaInfos().get(partition).isFuture(), "future");
        Check.isTrue(folder.totalBytes().getAsLong() > folder.usableBytes().getAsLong(), "bytes of the disk");
    }

    private static void ids(AdminClient admin, String topic) throws Exception {
        TopicDescription named = Cluster.get(admin.describeTopics(singleton(topic)).allTopicNames()).get(topic);
        Uuid id = named.topicId();
        Check.isTrue(!id.equals(Uuid.ZERO_UUID), "topic id");
        TopicCollection byId = TopicCollection.ofTopicIds(singleton(id));
        TopicDescription found = Cluster.get(admin.describeTopics(byId).allTopicIds()).get(id);
        Check.equal(topic, found.name(), "name by id");
        Check.equal(2, found.partitions().size(), "partitions by id");
        TopicCollection unknown = TopicCollection.ofTopicIds(singleton(Uuid.randomUuid()));
        // The client of 3.4 looks the name up itself, and has a word of its own for what it does not find.
        Check.fails("UnknownTopicIdException|InvalidTopicException", "an unknown topic id",
            () -> Cluster.get(admin.describeTopics(unknown).allTopicIds()));
        Check.fails("UnknownTopicIdException", "deletion by an unknown topic id",
            () -> Cluster.get(admin.deleteTopics(unknown).all()));
        Cluster.get(admin.deleteTopics(byId).all());
        long end = System.currentTimeMillis() + 10_000;
        while (Cluster.get(admin.listTopics().names()).contains(topic) && System.currentTimeMillis() < end) {
            Thread.sleep(20);
        }
        Check.isTrue(!Cluster.get(admin.listTopics().names()).contains(topic), "deleted by id");
    }
}
