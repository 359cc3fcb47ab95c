import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Arguments: bootstrap, acks (0, 1, all, or idempotent). Every record arrives once, in order; acks=0 knows no offset. */
public final class Acks {
    private static final int COUNT = 1000;

    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        boolean idempotent = args[1].equals("idempotent");
        String acks = idempotent ? "all" : args[1];
        String topic = cluster.topic("acks-" + args[1], 1);
        List<Future<RecordMetadata>> answers = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer(
            "acks", acks, "enable.idempotence", Boolean.toString(idempotent),
            "max.in.flight.requests.per.connection", idempotent ? "5" : "1", "batch.size", "500")) {
            for (int i = 0; i < COUNT; i++) {
                answers.add(producer.send(new ProducerRecord<>(topic, 0, null, Cluster.bytes("v" + i))));
            }
        }
        for (int i = 0; i < COUNT; i++) {
            Check.equal(acks.equals("0") ? -1L : (long) i, answers.get(i).get().offset(), "acknowledged offset");
        }
        List<ConsumerRecord<byte[], byte[]>> read = cluster.readAll(Cluster.partitions(topic, 1), COUNT);
        for (int i = 0; i < COUNT; i++) {
            Check.equal((long) i, read.get(i).offset(), "offset");
            Check.isTrue(Cluster.same(Cluster.bytes("v" + i), read.get(i).value()), "value of " + i);
        }
    }
}
