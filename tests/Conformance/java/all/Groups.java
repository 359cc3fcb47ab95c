import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Arguments: bootstrap, then settings of the consumers as name=value. A group of one member, then two, then one again, then
 * a successor: every record is read once, each partition has one owner, and offsets with their metadata are found again.
 */
public final class Groups {
    private static final int PARTITIONS = 4;

    private final Cluster cluster;
    private final String[] settings;
    private final String topic;
    private final String group = "java-" + UUID.randomUUID();
    private final List<TopicPartition> all;
    private final Set<String> read = new HashSet<>();
    private int sent;

    private Groups(String[] args) throws Exception {
        cluster = new Cluster(args[0]);
        settings = settings(args);
        topic = cluster.topic("groups", PARTITIONS);
        all = Cluster.partitions(topic, PARTITIONS);
    }

    public static void main(String[] args) throws Exception {
        new Groups(args).run();
    }

    /** What a consumer gets of the arguments after the first. Where the broker does not say how often, it beats often. */
    static String[] settings(String[] args) {
        List<String> found = new ArrayList<>(Arrays.asList("auto.offset.reset", "earliest"));
        for (String each : Arrays.asList(args).subList(1, args.length)) {
            found.addAll(Arrays.asList(each.split("=", 2)));
        }
        if (!found.contains("group.protocol")) {
            found.addAll(Arrays.asList("heartbeat.interval.ms", "100"));
        }
        return found.toArray(new String[0]);
    }

    private void run() throws Exception {
        produce();
        try (KafkaConsumer<byte[], byte[]> first = member("one")) {
            readAll(first);
            Check.equal(new HashSet<>(all), first.assignment(), "the only member's partitions");
            commitWithMetadata(first);
            try (KafkaConsumer<byte[], byte[]> second = member("two")) {
                awaitShares(first, second);
                produce();
                readAll(first, second);
                first.commitSync();
                second.commitSync();
            }
            produce();
            readAll(first);
            Check.equal(new HashSet<>(all), first.assignment(), "the partitions of the one that stayed");
            first.commitSync();
        }
        succeed();
    }

    /** A new consumer goes on where the group has come to, and can go elsewhere. */
    private void succeed() throws Exception {
        try (KafkaConsumer<byte[], byte[]> successor = member("one")) {
            produce();
            readAll(successor);
            for (TopicPartition partition : all) {
                Check.equal(successor.endOffsets(all).get(partition), successor.position(partition), "position of " + partition);
            }
            successor.seek(all.get(1), 5);
            Check.equal(5L, Cluster.poll(successor, (int) (successor.endOffsets(all).get(all.get(1)) - 5)).get(0).offset(), "the first offset after a seek");
        }
    }

    private KafkaConsumer<byte[], byte[]> member(String name) {
        List<String> own = new ArrayList<>(Arrays.asList(settings));
        own.addAll(Arrays.asList("group.id", group, "client.id", name));
        KafkaConsumer<byte[], byte[]> consumer = cluster.consumer(own.toArray(new String[0]));
        consumer.subscribe(Collections.singleton(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                consumer.commitSync();
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            }
        });
        return consumer;
    }

    private void produce() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "linger.ms", "5")) {
            for (int i = 0; i < 40; i++, sent++) {
                producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, Cluster.bytes("v" + sent)));
            }
        }
    }

    /** Until everything that was sent is read by one of these; nothing twice. */
    @SafeVarargs
    private final void readAll(KafkaConsumer<byte[], byte[]>... members) {
        long end = System.currentTimeMillis() + 20_000;
        while (read.size() < sent && System.currentTimeMillis() < end) {
            for (KafkaConsumer<byte[], byte[]> member : members) {
                for (ConsumerRecord<byte[], byte[]> record : member.poll(Cluster.POLL.dividedBy(members.length * 2L))) {
                    String value = new String(record.value(), java.nio.charset.StandardCharsets.UTF_8);
                    Check.isTrue(read.add(value), value + " is read once");
                }
            }
        }
        Check.equal(sent, read.size(), "records read");
    }

    private void commitWithMetadata(KafkaConsumer<byte[], byte[]> consumer) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : all) {
            offsets.put(partition, new OffsetAndMetadata(consumer.position(partition), "by hand at " + partition));
        }
        consumer.commitSync(offsets);
        for (TopicPartition partition : all) {
            OffsetAndMetadata committed = committed(consumer, partition);
            Check.equal(offsets.get(partition).offset(), committed.offset(), "committed offset of " + partition);
            Check.equal("by hand at " + partition, committed.metadata(), "metadata of " + partition);
        }
        Check.fails("CommitFailedException|OffsetMetadataTooLarge", "metadata that is too long", () -> {
            consumer.commitSync(Collections.singletonMap(all.get(0), new OffsetAndMetadata(1, "x".repeat(5000))));
            return null;
        });
    }

    /** The newest clients have another method for it than the oldest. */
    static OffsetAndMetadata committed(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) throws Exception {
        try {
            return (OffsetAndMetadata) KafkaConsumer.class.getMethod("committed", TopicPartition.class).invoke(consumer, partition);
        } catch (NoSuchMethodException e) {
            Object found = KafkaConsumer.class.getMethod("committed", Set.class).invoke(consumer, Collections.singleton(partition));
            return (OffsetAndMetadata) ((Map<?, ?>) found).get(partition);
        }
    }

    /** Until each of both has half of the partitions, and nobody has one that the other has. */
    private void awaitShares(KafkaConsumer<byte[], byte[]> first, KafkaConsumer<byte[], byte[]> second) {
        long end = System.currentTimeMillis() + 20_000;
        Set<TopicPartition> both = new HashSet<>();
        while (System.currentTimeMillis() < end) {
            first.poll(Cluster.POLL.dividedBy(4));
            second.poll(Cluster.POLL.dividedBy(4));
            both = new HashSet<>(first.assignment());
            both.addAll(second.assignment());
            if (first.assignment().size() == PARTITIONS / 2 && second.assignment().size() == PARTITIONS / 2 && both.size() == PARTITIONS) {
                return;
            }
        }
        throw new AssertionError("shares: " + first.assignment() + " and " + second.assignment());
    }
}
