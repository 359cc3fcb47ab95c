import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Batches near message.max.bytes are taken and come back; above it they are refused, and the producer goes on. */
public final class LargeBatches {
    private static final int MIB = 1 << 20;

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("large", 1);
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer(
            "acks", "all", "max.request.size", "8000000", "batch.size", "900000", "linger.ms", "50",
            "buffer.memory", "64000000")) {
            for (int i = 0; i < 40; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, Cluster.filled(100_000, i)));
            }
            producer.flush();
            producer.send(new ProducerRecord<>(topic, 0, null, Cluster.filled(MIB - 100, 40))).get();
            Check.fails("RecordTooLargeException", "a batch above message.max.bytes",
                () -> producer.send(new ProducerRecord<>(topic, 0, null, Cluster.filled(2 * MIB, 41))).get());
            producer.send(new ProducerRecord<>(topic, 0, null, Cluster.filled(10, 41))).get();
        }
        List<ConsumerRecord<byte[], byte[]>> read = cluster.readAll(Cluster.partitions(topic, 1), 42);
        for (int i = 0; i < 42; i++) {
            int length = i < 40 ? 100_000 : i == 40 ? MIB - 100 : 10;
            Check.isTrue(Cluster.same(Cluster.filled(length, i), read.get(i).value()), "value of " + i);
        }
    }
}
