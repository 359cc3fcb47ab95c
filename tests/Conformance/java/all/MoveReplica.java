import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartitionReplica;

/** KIP-113: a replica moves between two folders of log.dirs, there and back, under a live producer. */
public final class MoveReplica {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        int broker = Integer.parseInt(args[1]);
        String topic = cluster.topic("move", 1);
        TopicPartitionReplica replica = new TopicPartitionReplica(topic, 0, broker);
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        Thread load = new Thread(() -> {
            try (KafkaProducer<byte[], byte[]> producer = cluster.producer("acks", "all", "linger.ms", "2")) {
                for (int i = 0; !stop.get(); i++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, 0, null, value(i))));
                    if (i % 50 == 0) {
                        Thread.sleep(1);
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        load.start();
        try (AdminClient admin = cluster.admin()) {
            refused(admin, replica, args[2]);
            Thread.sleep(300);
            String first = info(admin, replica).getCurrentReplicaLogDir();
            String second = first.equals(args[2]) ? args[3] : args[2];
            for (String target : new String[] {second, first, second}) {
                admin.alterReplicaLogDirs(Collections.singletonMap(replica, target)).all().get();
                await(admin, replica, target);
            }
        } finally {
            stop.set(true);
            load.join();
        }
        int next = 0;
        for (Future<RecordMetadata> each : sent) {
            Check.equal((long) next++, each.get().offset(), "offset of a record");
        }
        next = 0;
        for (ConsumerRecord<byte[], byte[]> record : cluster.readAll(Cluster.partitions(topic, 1), sent.size())) {
            Check.equal((long) next, record.offset(), "offset of a record that was read");
            Check.equal(value(next++), record.value(), "value of record " + record.offset());
        }
    }

    private static void refused(AdminClient admin, TopicPartitionReplica replica, String folder) throws Exception {
        Check.fails("LogDirNotFoundException", "a folder that is none of the broker's",
            () -> admin.alterReplicaLogDirs(Collections.singletonMap(replica, "/nowhere")).all().get());
        Check.fails("LogDirNotFoundException", "a folder written otherwise",
            () -> admin.alterReplicaLogDirs(Collections.singletonMap(replica, folder + "/")).all().get());
        Check.fails("UnknownTopicOrPartitionException", "a partition that is not there", () -> admin.alterReplicaLogDirs(
            Collections.singletonMap(new TopicPartitionReplica(replica.topic(), 9, replica.brokerId()), folder)).all().get());
    }

    private static void await(AdminClient admin, TopicPartitionReplica replica, String target) throws Exception {
        long end = System.currentTimeMillis() + 20_000;
        ReplicaLogDirInfo info = info(admin, replica);
        while (!target.equals(info.getCurrentReplicaLogDir()) || info.getFutureReplicaLogDir() != null) {
            Check.isTrue(System.currentTimeMillis() < end, "the move to " + target + " takes too long: " + info);
            Thread.sleep(20);
            info = info(admin, replica);
        }
    }

    private static ReplicaLogDirInfo info(AdminClient admin, TopicPartitionReplica replica) throws Exception {
        return admin.describeReplicaLogDirs(Collections.singleton(replica)).all().get().get(replica);
    }

    private static byte[] value(int i) {
        return ("value " + i + " of a record that is not short").getBytes(StandardCharsets.UTF_8);
    }
}
