import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;

/** Metadata as producers and consumers see it: partitions, topics made on first use, illegal names. */
public final class Topics {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("metadata", 5);
        String fresh = "on-first-use-" + UUID.randomUUID();
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all");
             KafkaConsumer<byte[], byte[]> consumer = cluster.consumer()) {
            check(producer.partitionsFor(topic), 5);
            check(consumer.partitionsFor(topic), 5);
            Check.equal(5, consumer.listTopics().get(topic).size(), "partitions in the list of topics");
            Check.equal(0L, producer.send(new ProducerRecord<>(fresh, null, Cluster.bytes("v"))).get().offset(),
                "offset in a topic made on first use");
            Check.isTrue(consumer.listTopics().containsKey(fresh), "a topic made on first use is listed");
            Check.fails("InvalidTopicException", "an illegal topic name",
                () -> producer.send(new ProducerRecord<>("not/legal", null, Cluster.bytes("v"))).get());
        }
        cluster.readAll(Cluster.partitions(fresh, 1), 1);
    }

    private static void check(List<PartitionInfo> partitions, int count) {
        Check.equal(count, partitions.size(), "partitions");
        for (PartitionInfo partition : partitions) {
            int leader = partition.leader().id();
            Check.equal(1, partition.replicas().length, "replicas");
            Check.equal(leader, partition.replicas()[0].id(), "replica");
            Check.equal(leader, partition.inSyncReplicas()[0].id(), "in-sync replica");
        }
    }
}
