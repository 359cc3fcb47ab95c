import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.record.TimestampType;

/** Topics whose configs change what an append does: log append time, compaction without keys, old timestamps. */
public final class LogAppendTime {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        for (String codec : new String[] {"none", "lz4"}) {
            String topic = cluster.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
            long before = System.currentTimeMillis();
            RecordMetadata answer;
            try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "compression.type", codec)) {
                answer = producer.send(new ProducerRecord<>(topic, 0, 1000L, null, Cluster.bytes("v"))).get();
            }
            long after = System.currentTimeMillis();
            Check.isTrue(answer.timestamp() >= before && answer.timestamp() <= after, "acknowledged append time");
            ConsumerRecord<byte[], byte[]> read = cluster.readAll(Cluster.partitions(topic, 1), 1).get(0);
            Check.equal(TimestampType.LOG_APPEND_TIME, read.timestampType(), "timestamp type");
            Check.equal(answer.timestamp(), read.timestamp(), "timestamp");
        }
        String compacted = cluster.topic("compacted", 1, "cleanup.policy", "compact");
        String small = cluster.topic("small", 1, "max.message.bytes", "1000");
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "retries", "0", "enable.idempotence", "false")) {
            // The client of 2.1 does not know the error 87 yet.
            String error = isOld() ? "UnknownServerException" : "InvalidRecordException";
            Check.fails(error, "no key on a compacted topic",
                () -> producer.send(new ProducerRecord<>(compacted, 0, null, Cluster.bytes("v"))).get());
            producer.send(new ProducerRecord<>(compacted, 0, Cluster.bytes("k"), Cluster.bytes("v"))).get();
            Check.fails("RecordTooLargeException", "above the topic's max.message.bytes",
                () -> producer.send(new ProducerRecord<>(small, 0, null, new byte[2000])).get());
        }
        cluster.readAll(Cluster.partitions(compacted, 1), 1);
    }

    private static boolean isOld() {
        return org.apache.kafka.common.utils.AppInfoParser.getVersion().startsWith("2.1");
    }
}
