import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Arguments: bootstrap, topic, group, records a partition. One member of a group whose others are whatever clients: reads and
 * commits until the group has read everything, and prints "partition offset" for each record that it has read itself.
 */
public final class GroupMember {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        long count = Long.parseLong(args[3]);
        long end = System.currentTimeMillis() + 35_000;
        try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer(
            "group.id", args[2], "auto.offset.reset", "earliest", "heartbeat.interval.ms", "100",
            "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor")) {
            consumer.subscribe(Collections.singleton(args[1]));
            while (!isDone(consumer, args[1], count)) {
                Check.isTrue(System.currentTimeMillis() < end, "the group has read everything in time");
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Cluster.POLL)) {
                    System.out.println(record.partition() + " " + record.offset());
                }
                try {
                    consumer.commitSync();
                } catch (CommitFailedException e) {
                    // A rebalance has begun; the oldest client does not wait for its end.
                    continue;
                }
            }
        }
    }

    private static boolean isDone(KafkaConsumer<byte[], byte[]> consumer, String topic, long count) throws Exception {
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        for (PartitionInfo partition : partitions) {
            Object committed = Groups.committed(consumer, new TopicPartition(topic, partition.partition()));
            if (committed == null || ((org.apache.kafka.clients.consumer.OffsetAndMetadata) committed).offset() < count) {
                return false;
            }
        }
        return !partitions.isEmpty();
    }
}
