import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Arguments: bootstrap, manifest (see FolderWrite). Every record that the manifest names is there at its offset, and nothing
 * else; of a compacted topic the last one of each key at least; to a read_committed consumer the committed ones only.
 */
public final class FolderRead {
    public static void main(String[] args) throws Exception {
        Map<TopicPartition, TreeMap<Long, String[]>> expected = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            String[] parts = line.split(" ");
            TopicPartition partition = new TopicPartition(parts[0], Integer.parseInt(parts[1]));
            expected.computeIfAbsent(partition, p -> new TreeMap<>()).put(Long.parseLong(parts[2]), parts);
        }
        Check.isTrue(!expected.isEmpty(), "the manifest names records");
        Cluster cluster = new Cluster(args[0]);
        for (String isolation : new String[] {"read_uncommitted", "read_committed"}) {
            try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer("isolation.level", isolation, "fetch.max.wait.ms", "50")) {
                for (Map.Entry<TopicPartition, TreeMap<Long, String[]>> each : expected.entrySet()) {
                    check(consumer, each.getKey(), new TreeMap<>(each.getValue()), isolation.equals("read_committed"));
                }
            }
        }
    }

    private static void check(
        KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, TreeMap<Long, String[]> expected, boolean committed) {
        consumer.assign(Collections.singleton(partition));
        consumer.seekToBeginning(Collections.singleton(partition));
        Map<String, Long> lastOfKey = new HashMap<>();
        expected.forEach((offset, line) -> lastOfKey.put(line[4], offset));
        long end = consumer.endOffsets(Collections.singleton(partition)).get(partition);
        long limit = System.currentTimeMillis() + 20_000;
        while (consumer.position(partition) < end) {
            Check.isTrue(System.currentTimeMillis() < limit, "the end " + end + " of " + partition + " is reached");
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Cluster.POLL)) {
                String[] line = expected.remove(record.offset());
                Check.isTrue(line != null, partition + " has no record at offset " + record.offset());
                Check.equal(line[4], new String(record.key()), "key at " + partition + " " + record.offset());
                Check.equal(line[5], fingerprint(record.value()), "value at " + partition + " " + record.offset());
                Check.isTrue(!committed || !line[3].equals("aborted"), "an aborted record is given at " + partition + " " + record.offset());
            }
        }
        expected.forEach((offset, line) -> Check.isTrue(
            (committed && line[3].equals("aborted"))
                || (line[3].equals("compacted") && (lastOfKey.get(line[4]) > offset || line[5].equals("null"))),
            "the record at " + partition + " " + offset + " is missing"));
    }

    static String fingerprint(byte[] value) {
        if (value == null) {
            return "null";
        }
        CRC32 crc = new CRC32();
        crc.update(value);
        return value.length + ":" + Long.toHexString(crc.getValue());
    }
}
