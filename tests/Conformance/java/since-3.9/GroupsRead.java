import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Arguments: bootstrap, manifests (see GroupsWrite). Every group has what they say, and nothing else; no others are listed. */
public final class GroupsRead {
    public static void main(String[] args) throws Exception {
        Map<String, Map<TopicPartition, String>> expected = new HashMap<>();
        for (int i = 1; i < args.length; i++) {
            for (String line : Files.readAllLines(Path.of(args[i]))) {
                String[] parts = line.split("\t", -1);
                Map<TopicPartition, String> offsets = expected.computeIfAbsent(parts[0], group -> new HashMap<>());
                if (!parts[2].equals("-1")) {
                    offsets.put(new TopicPartition("kept", Integer.parseInt(parts[1])), parts[2] + " " + parts[3]);
                }
            }
        }
        try (AdminClient admin = new Cluster(args[0]).admin()) {
            Set<String> wanted = expected.entrySet().stream().filter(each -> !each.getValue().isEmpty()).map(Map.Entry::getKey).collect(Collectors.toSet());
            Set<String> present = listed(admin);
            // Kafka answers before it has begun to load its groups.
            for (int i = 0; i < 100 && present.size() < wanted.size(); i++) {
                Thread.sleep(100);
                present = listed(admin);
            }
            Check.equal(new java.util.TreeSet<>(wanted), new java.util.TreeSet<>(present), "groups");
            for (Map.Entry<String, Map<TopicPartition, String>> each : expected.entrySet()) {
                Map<TopicPartition, String> found = new HashMap<>();
                Map<TopicPartition, OffsetAndMetadata> offsets =
                    Cluster.get(admin.listConsumerGroupOffsets(each.getKey()).partitionsToOffsetAndMetadata());
                offsets.forEach((partition, offset) -> found.put(partition, offset.offset() + " " + offset.metadata()));
                Check.equal(each.getValue(), found, "offsets of " + each.getKey());
            }
        }
    }

    private static Set<String> listed(AdminClient admin) throws Exception {
        Collection<org.apache.kafka.clients.admin.ConsumerGroupListing> all = Cluster.get(admin.listConsumerGroups().all());
        return all.stream().map(org.apache.kafka.clients.admin.ConsumerGroupListing::groupId).collect(Collectors.toSet());
    }
}
