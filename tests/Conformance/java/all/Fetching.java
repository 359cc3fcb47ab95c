import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Small fetch limits (KIP-74), paused partitions, read_committed, many partitions, many fetches of one session. */
public final class Fetching {
    private static final int PARTITIONS = 12;
    private static final int EACH = 20;

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("fetching", PARTITIONS);
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "batch.size", "12000")) {
            for (int i = 0; i < PARTITIONS * EACH; i++) {
                producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, Cluster.filled(10_000, i)));
            }
        }
        List<TopicPartition> all = Cluster.partitions(topic, PARTITIONS);
        check(cluster.readAll(all, PARTITIONS * EACH, "fetch.max.bytes", "1000", "max.partition.fetch.bytes", "100"));
        check(cluster.readAll(all, PARTITIONS * EACH, "isolation.level", "read_committed"));
        check(cluster.readAll(all, PARTITIONS * EACH,
            "fetch.min.bytes", "50000", "fetch.max.wait.ms", "100", "max.poll.records", "7"));
        paused(cluster, topic);
    }

    private static void check(List<ConsumerRecord<byte[], byte[]>> read) {
        long[] next = new long[PARTITIONS];
        for (ConsumerRecord<byte[], byte[]> record : read) {
            Check.equal(next[record.partition()]++, record.offset(), "offset in " + record.partition());
            int i = (int) record.offset() * PARTITIONS + record.partition();
            Check.isTrue(Cluster.same(Cluster.filled(10_000, i), record.value()), "value of " + i);
        }
    }

    private static void paused(Cluster cluster, String topic) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer("max.partition.fetch.bytes", "20000");
             KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all")) {
            List<TopicPartition> two = Cluster.partitions(topic, 2);
            consumer.assign(two);
            consumer.seekToEnd(two);
            two.forEach(consumer::position);
            consumer.pause(Collections.singleton(two.get(0)));
            producer.send(new ProducerRecord<>(topic, 0, null, Cluster.bytes("paused"))).get();
            producer.send(new ProducerRecord<>(topic, 1, null, Cluster.bytes("not paused"))).get();
            Check.equal(1, Cluster.poll(consumer, 1).get(0).partition(), "the partition that is not paused");
            Check.equal(0, consumer.poll(Cluster.POLL).count(), "records of a paused partition");
            consumer.resume(Collections.singleton(two.get(0)));
            Check.equal(0, Cluster.poll(consumer, 1).get(0).partition(), "the partition that was resumed");
        }
    }
}
