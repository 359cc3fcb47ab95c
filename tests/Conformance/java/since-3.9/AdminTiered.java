import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** The special times that came with tiered storage, on a broker without: all of the log is local, nothing is tiered. */
public final class AdminTiered {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("tiered", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (AdminClient admin = cluster.admin();
             KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all")) {
            producer.send(new ProducerRecord<>(topic, 0, null, Cluster.bytes("v"))).get();
            Check.equal(0L, AdminOffsets.list(admin, partition, OffsetSpec.earliestLocal()).offset(), "earliest local");
            Check.equal(-1L, AdminOffsets.list(admin, partition, OffsetSpec.latestTiered()).offset(), "latest tiered");
        }
    }
}
