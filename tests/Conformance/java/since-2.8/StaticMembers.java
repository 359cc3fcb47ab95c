import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Arguments: bootstrap, then settings of the consumers as name=value. A static member that is restarted gets its partitions
 * back, and the other one notices nothing; an administrator takes a static member out.
 */
public final class StaticMembers {
    private static final int PARTITIONS = 4;

    private final Cluster cluster;
    private final String[] settings;
    private final String topic;
    private final String group = "static-" + UUID.randomUUID();
    private final List<KafkaConsumer<byte[], byte[]>> polled = new ArrayList<>();
    private int changes;

    private StaticMembers(String[] args) throws Exception {
        cluster = new Cluster(args[0]);
        settings = Groups.settings(args);
        topic = cluster.topic("static", PARTITIONS);
    }

    public static void main(String[] args) throws Exception {
        new StaticMembers(args).run();
    }

    private void run() throws Exception {
        try (KafkaConsumer<byte[], byte[]> first = member("a")) {
            Set<TopicPartition> share;
            try (KafkaConsumer<byte[], byte[]> second = member("b")) {
                await("two shares", () -> first.assignment().size() == PARTITIONS / 2 && second.assignment().size() == PARTITIONS / 2);
                share = new HashSet<>(second.assignment());
                polled.remove(second);
            }
            int before = changes;
            KafkaConsumer<byte[], byte[]> restarted = member("b");
            await("the share of the one that was restarted", () -> restarted.assignment().size() == PARTITIONS / 2);
            Check.equal(share, restarted.assignment(), "partitions after the restart");
            for (int i = 0; i < 5; i++) {
                first.poll(Cluster.POLL);
                restarted.poll(Cluster.POLL);
            }
            Check.equal(before, changes, "assignments of the member that stayed");
            polled.remove(restarted);
            restarted.close();
            try (AdminClient admin = cluster.admin()) {
                Cluster.get(admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(
                    Collections.singleton(new MemberToRemove("b")))).all());
            }
            await("all partitions for the one that is left", () -> first.assignment().size() == PARTITIONS);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long end = System.currentTimeMillis() + 20_000;
        while (!condition.getAsBoolean()) {
            Check.isTrue(System.currentTimeMillis() < end, what);
            polled.forEach(each -> each.poll(Cluster.POLL.dividedBy(4)));
        }
    }

    private KafkaConsumer<byte[], byte[]> member(String instance) {
        List<String> own = new ArrayList<>(Arrays.asList(settings));
        own.addAll(Arrays.asList("group.id", group, "group.instance.id", instance));
        KafkaConsumer<byte[], byte[]> consumer = cluster.consumer(own.toArray(new String[0]));
        consumer.subscribe(Collections.singleton(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                changes += instance.equals("a") ? 1 : 0;
            }
        });
        polled.add(consumer);
        return consumer;
    }
}
