import java.util.Collections;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** AdminClient.listOffsets: earliest, latest, by time. */
public final class AdminOffsets {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("offsets", 1);
        long startMs = System.currentTimeMillis() - 100_000;
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all")) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(topic, 0, startMs + i * 100, null, Cluster.bytes("v"))).get();
            }
        }
        try (AdminClient admin = cluster.admin()) {
            TopicPartition partition = new TopicPartition(topic, 0);
            Check.equal(0L, list(admin, partition, OffsetSpec.earliest()).offset(), "earliest");
            Check.equal(10L, list(admin, partition, OffsetSpec.latest()).offset(), "latest");
            Check.equal(4L, list(admin, partition, OffsetSpec.forTimestamp(startMs + 301)).offset(), "by time");
            Check.equal(startMs + 400, list(admin, partition, OffsetSpec.forTimestamp(startMs + 301)).timestamp(), "time");
            Check.equal(-1L, list(admin, partition, OffsetSpec.forTimestamp(startMs + 1000)).offset(), "after the last");
        }
    }

    static ListOffsetsResultInfo list(AdminClient admin, TopicPartition partition, OffsetSpec spec) throws Exception {
        return Cluster.get(admin.listOffsets(Collections.singletonMap(partition, spec)).partitionResult(partition));
    }
}
