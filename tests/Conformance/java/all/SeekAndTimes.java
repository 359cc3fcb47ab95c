import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** seek, position, beginning and end offsets, offsets for times, and what happens out of range. */
public final class SeekAndTimes {
    private static final int COUNT = 100;
    private static final long START_MS = System.currentTimeMillis() - 1_000_000;

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("seek", 2);
        TopicPartition full = new TopicPartition(topic, 0);
        TopicPartition empty = new TopicPartition(topic, 1);
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "1", "batch.size", "300")) {
            for (int i = 0; i < COUNT; i++) {
                producer.send(new ProducerRecord<>(topic, 0, START_MS + i * 1000L, null, Cluster.bytes("v" + i)));
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer()) {
            List<TopicPartition> both = Cluster.partitions(topic, 2);
            consumer.assign(both);
            Check.equal(map(full, 0L, empty, 0L), consumer.beginningOffsets(both), "beginning offsets");
            Check.equal(map(full, (long) COUNT, empty, 0L), consumer.endOffsets(both), "end offsets");
            seek(consumer, full, empty);
            times(consumer, full, empty);
            consumer.assign(Collections.singleton(full));
            consumer.seek(full, COUNT + 5L);
            Check.fails("OffsetOutOfRangeException", "a fetch beyond the end", () -> {
                for (int i = 0; i < 50; i++) {
                    consumer.poll(Cluster.POLL);
                }
                return "nothing";
            });
        }
        try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer("auto.offset.reset", "earliest")) {
            consumer.assign(Collections.singleton(full));
            consumer.seek(full, COUNT + 5L);
            Check.equal(0L, Cluster.poll(consumer, COUNT).get(0).offset(), "first offset after a reset");
        }
    }

    private static void seek(KafkaConsumer<byte[], byte[]> consumer, TopicPartition full, TopicPartition empty) {
        consumer.seek(full, 42);
        consumer.seekToBeginning(Collections.singleton(empty));
        List<ConsumerRecord<byte[], byte[]>> read = Cluster.poll(consumer, COUNT - 42);
        Check.equal(42L, read.get(0).offset(), "first offset after seek");
        Check.equal((long) COUNT, consumer.position(full), "position");
        consumer.seek(full, 99);
        Check.equal(99L, consumer.position(full), "position after seek");
        Check.equal(99L, Cluster.poll(consumer, 1).get(0).offset(), "the last record");
        consumer.seekToEnd(Collections.singleton(full));
        Check.equal((long) COUNT, consumer.position(full), "position at the end");
        consumer.seekToBeginning(Collections.singleton(full));
        Check.equal(0L, Cluster.poll(consumer, COUNT).get(0).offset(), "the first record");
    }

    private static void times(KafkaConsumer<byte[], byte[]> consumer, TopicPartition full, TopicPartition empty) {
        for (int i : new int[] {0, 1, 50, 99}) {
            OffsetAndTimestamp found = at(consumer, full, START_MS + i * 1000L);
            Check.equal((long) i, found.offset(), "offset for the exact time of " + i);
            Check.equal(START_MS + i * 1000L, found.timestamp(), "timestamp of " + i);
        }
        Check.equal(0L, at(consumer, full, START_MS - 5000).offset(), "offset for a time before the first");
        Check.equal(11L, at(consumer, full, START_MS + 10_001).offset(), "offset for a time between two");
        Check.equal(null, at(consumer, full, START_MS + COUNT * 1000L), "offset for a time after the last");
        Check.equal(null, at(consumer, empty, START_MS), "offset in an empty partition");
    }

    private static OffsetAndTimestamp at(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long timeMs) {
        return consumer.offsetsForTimes(Collections.singletonMap(partition, timeMs)).get(partition);
    }

    private static Map<TopicPartition, Long> map(TopicPartition a, long x, TopicPartition b, long y) {
        Map<TopicPartition, Long> map = new HashMap<>();
        map.put(a, x);
        map.put(b, y);
        return map;
    }
}
