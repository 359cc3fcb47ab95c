import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Arguments: bootstrap, manifest, prefix, "transactions" or "plain". Writes into topics of that prefix, making them first
 * where they are missing: one a codec, a compacted one, and one with transactions, some of them aborted. The manifest gets a
 * line for each record that was acknowledged: topic, partition, offset, kind, key, fingerprint of the value.
 */
public final class FolderWrite {
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};
    private static final Random RANDOM = new Random(17);

    private final Cluster cluster;
    private final String prefix;
    private final PrintWriter manifest;

    private FolderWrite(Cluster cluster, String prefix, PrintWriter manifest) {
        this.cluster = cluster;
        this.prefix = prefix;
        this.manifest = manifest;
    }

    public static void main(String[] args) throws Exception {
        try (PrintWriter manifest = new PrintWriter(Files.newBufferedWriter(
            Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            FolderWrite write = new FolderWrite(new Cluster(args[0]), args[2], manifest);
            write.topics(args[3].equals("transactions"));
            for (String codec : CODECS) {
                write.codec(codec);
            }
            write.compacted();
            if (args[3].equals("transactions")) {
                write.transactions();
            }
        }
    }

    private void topics(boolean withTransactions) throws Exception {
        try (AdminClient admin = cluster.admin()) {
            java.util.Set<String> present = Cluster.get(admin.listTopics().names());
            List<NewTopic> missing = new ArrayList<>();
            for (String codec : CODECS) {
                missing.add(topic(codec, 2, "cleanup.policy", "delete"));
            }
            missing.add(topic("compacted", 1, "cleanup.policy", "compact"));
            if (withTransactions) {
                missing.add(topic("transactions", 1, "cleanup.policy", "delete"));
            }
            missing.removeIf(topic -> present.contains(topic.name()));
            Cluster.get(admin.createTopics(missing).all());
        }
    }

    private NewTopic topic(String name, int partitions, String config, String value) {
        Map<String, String> configs = new HashMap<>();
        configs.put(config, value);
        configs.put("segment.bytes", "20000");
        configs.put("index.interval.bytes", "1000");
        configs.put("min.cleanable.dirty.ratio", "0.01");
        return new NewTopic(prefix + name, partitions, (short) 1).configs(configs);
    }

    private void codec(String codec) throws Exception {
        List<Sent> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer(
            "acks", "all", "enable.idempotence", "true", "compression.type", codec, "linger.ms", "5", "batch.size", "3000")) {
            for (int i = 0; i < 400; i++) {
                sent.add(send(producer, prefix + codec, i % 2, "key" + i, 20 + RANDOM.nextInt(300), "plain"));
            }
        }
        write(sent);
    }

    private void compacted() throws Exception {
        List<Sent> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer(
            "acks", "all", "enable.idempotence", "true", "compression.type", "lz4", "linger.ms", "5", "batch.size", "3000")) {
            for (int i = 0; i < 1200; i++) {
                int size = i % 50 == 49 ? -1 : 20 + RANDOM.nextInt(100);
                sent.add(send(producer, prefix + "compacted", 0, "key" + RANDOM.nextInt(40), size, "compacted"));
            }
        }
        write(sent);
    }

    /** Two producers whose transactions overlap; every third one is aborted. */
    private void transactions() throws Exception {
        List<Sent> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> one = cluster.producer("transactional.id", prefix + "one", "batch.size", "2000");
             KafkaProducer<byte[], byte[]> two = cluster.producer("transactional.id", prefix + "two", "compression.type", "zstd")) {
            one.initTransactions();
            two.initTransactions();
            for (int i = 0; i < 12; i++) {
                one.beginTransaction();
                two.beginTransaction();
                for (int j = 0; j < 10; j++) {
                    sent.add(send(one, prefix + "transactions", 0, "one" + j, 150, i % 3 == 0 ? "aborted" : "committed"));
                    sent.add(send(two, prefix + "transactions", 0, "two" + j, 150, i % 4 == 0 ? "aborted" : "committed"));
                }
                one.flush();
                two.flush();
                end(one, i % 3 == 0);
                end(two, i % 4 == 0);
            }
        }
        write(sent);
    }

    private static void end(KafkaProducer<byte[], byte[]> producer, boolean abort) {
        if (abort) {
            producer.abortTransaction();
        } else {
            producer.commitTransaction();
        }
    }

    private static Sent send(
        KafkaProducer<byte[], byte[]> producer, String topic, int partition, String key, int size, String kind) {
        byte[] value = null;
        if (size >= 0) {
            value = new byte[size];
            RANDOM.nextBytes(value);
        }
        return new Sent(key, kind, value, producer.send(new ProducerRecord<>(topic, partition, Cluster.bytes(key), value)));
    }

    private void write(List<Sent> all) throws Exception {
        for (Sent sent : all) {
            RecordMetadata answer = sent.answer.get();
            manifest.printf("%s %d %d %s %s %s%n", answer.topic(), answer.partition(), answer.offset(), sent.kind, sent.key,
                FolderRead.fingerprint(sent.value));
        }
        manifest.flush();
    }

    private static final class Sent {
        final String key;
        final String kind;
        final byte[] value;
        final Future<RecordMetadata> answer;

        Sent(String key, String kind, byte[] value, Future<RecordMetadata> answer) {
            this.key = key;
            this.kind = kind;
            this.value = value;
            this.answer = answer;
        }
    }
}
