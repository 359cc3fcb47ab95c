import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The broker under test, and what every scenario does with it. */
final class Cluster {
    static final Duration POLL = Duration.ofMillis(200);
    private static final long WAIT_MS = 20_000;

    final String bootstrap;

    Cluster(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    KafkaProducer<byte[], byte[]> producer(String... settings) {
        Properties all = properties(settings);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(String... settings) {
        Properties all = properties(settings);
        all.putIfAbsent("auto.offset.reset", "none");
        all.putIfAbsent("enable.auto.commit", "false");
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    AdminClient admin() {
        return AdminClient.create(properties());
    }

    /** Makes a topic with a name of its own, and returns the name. */
    String topic(String label, int partitions, String... configs) throws Exception {
        String name = label + "-" + UUID.randomUUID().toString().substring(0, 8);
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < configs.length; i += 2) {
            map.put(configs[i], configs[i + 1]);
        }
        try (AdminClient admin = admin()) {
            get(admin.createTopics(Collections.singleton(new NewTopic(name, partitions, (short) 1).configs(map))).all());
            awaitLeaders(admin, name, partitions);
        }
        return name;
    }

    /** Kafka answers a creation before its broker leads the partitions. */
    private void awaitLeaders(AdminClient admin, String topic, int partitions) throws Exception {
        long end = System.currentTimeMillis() + WAIT_MS;
        while (System.currentTimeMillis() < end) {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                List<TopicPartition> all = partitions(topic, partitions);
                if (consumer.endOffsets(all).size() == partitions) {
                    return;
                }
            } catch (org.apache.kafka.common.errors.RetriableException e) {
                Thread.sleep(50);
            }
        }
        throw new AssertionError("no leaders of " + topic);
    }

    static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new TopicPartition(topic, i));
        }
        return all;
    }

    /** Reads so many records from the start of the partitions, and checks that no further one comes. */
    List<ConsumerRecord<byte[], byte[]>> readAll(Collection<TopicPartition> partitions, int count, String... settings) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = poll(consumer, count);
            for (TopicPartition partition : partitions) {
                long end = consumer.endOffsets(Collections.singleton(partition)).get(partition);
                Check.equal(end, consumer.position(partition), "position at the end of " + partition);
            }
            return records;
        }
    }

    static List<ConsumerRecord<byte[], byte[]>> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long end = System.currentTimeMillis() + WAIT_MS;
        while (records.size() < count && System.currentTimeMillis() < end) {
            consumer.poll(POLL).forEach(records::add);
        }
        Check.equal(count, records.size(), "records read");
        return records;
    }

    private Properties properties(String... settings) {
        Properties all = new Properties();
        all.put("bootstrap.servers", bootstrap);
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return all;
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    static byte[] filled(int length, int seed) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static boolean same(byte[] left, byte[] right) {
        return Arrays.equals(left, right);
    }
}
