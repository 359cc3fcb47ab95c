import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** Arguments: bootstrap, codec. Everything that a record can carry comes back as it was sent. */
public final class Codecs {
    private static final int COUNT = 300;
    private static final int PARTITIONS = 3;
    private static final long START_MS = System.currentTimeMillis() - 1_000_000;

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("codec-" + args[1], PARTITIONS);
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
        List<Future<RecordMetadata>> answers = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer(
            "acks", "all", "compression.type", args[1], "linger.ms", "10", "batch.size", "8000")) {
            for (int i = 0; i < COUNT; i++) {
                sent.add(record(topic, i));
                answers.add(producer.send(sent.get(i)));
            }
            producer.flush();
        }
        List<TopicPartition> partitions = Cluster.partitions(topic, PARTITIONS);
        List<ConsumerRecord<byte[], byte[]>> read = cluster.readAll(partitions, COUNT);
        for (TopicPartition partition : partitions) {
            List<ConsumerRecord<byte[], byte[]>> ofPartition =
                read.stream().filter(r -> r.partition() == partition.partition()).collect(toList());
            int at = 0;
            for (int i = 0; i < COUNT; i++) {
                if (sent.get(i).partition() == partition.partition()) {
                    compare(sent.get(i), answers.get(i).get(), ofPartition.get(at), at);
                    at++;
                }
            }
            Check.equal(at, ofPartition.size(), "records of " + partition);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int i) {
        byte[] key = i % 5 == 0 ? null : Cluster.bytes("key-" + i);
        byte[] value = i % 7 == 0 ? null : i % 11 == 0 ? new byte[0] : Cluster.bytes("value-" + i + "-" + "x".repeat(i % 400));
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(topic, i % PARTITIONS, START_MS + (i % 13) * 1000L, key, value);
        for (int h = 0; h < i % 4; h++) {
            record.headers().add("h" + h, h == 1 ? null : h == 2 ? new byte[0] : Cluster.bytes("header value " + i));
        }
        return record;
    }

    private static void compare(
        ProducerRecord<byte[], byte[]> sent, RecordMetadata answer, ConsumerRecord<byte[], byte[]> read, long offset) {
        Check.equal(offset, answer.offset(), "acknowledged offset");
        Check.equal(offset, read.offset(), "offset");
        Check.equal(sent.timestamp(), answer.timestamp(), "acknowledged timestamp of " + offset);
        Check.equal(sent.timestamp(), read.timestamp(), "timestamp of " + offset);
        Check.equal(TimestampType.CREATE_TIME, read.timestampType(), "timestamp type of " + offset);
        Check.isTrue(Cluster.same(sent.key(), read.key()), "key of " + offset);
        Check.isTrue(Cluster.same(sent.value(), read.value()), "value of " + offset);
        Header[] expected = sent.headers().toArray();
        Header[] actual = read.headers().toArray();
        Check.equal(expected.length, actual.length, "headers of " + offset);
        for (int i = 0; i < expected.length; i++) {
            Check.equal(expected[i].key(), actual[i].key(), "header key of " + offset);
            Check.isTrue(Cluster.same(expected[i].value(), actual[i].value()), "header value of " + offset);
        }
    }
}
