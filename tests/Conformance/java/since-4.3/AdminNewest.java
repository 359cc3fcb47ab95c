import static java.util.Collections.singleton;

import java.util.Collection;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/** listConfigResources, fenced brokers, cluster-wide description. */
public final class AdminNewest {
    public static void main(String[] args) throws Exception {
        Cluster cluster = new Cluster(args[0]);
        String topic = cluster.topic("newest", 1);
        try (AdminClient admin = cluster.admin()) {
            Collection<ConfigResource> topics = Cluster.get(admin.listConfigResources(
                Set.of(ConfigResource.Type.TOPIC), new ListConfigResourcesOptions()).all());
            Check.isTrue(topics.contains(new ConfigResource(ConfigResource.Type.TOPIC, topic)), "a topic is listed");
            Collection<ConfigResource> brokers = Cluster.get(admin.listConfigResources(
                Set.of(ConfigResource.Type.BROKER), new ListConfigResourcesOptions()).all());
            Node node = Cluster.get(admin.describeCluster().nodes()).iterator().next();
            Check.isTrue(brokers.contains(new ConfigResource(ConfigResource.Type.BROKER, node.idString())), "a broker is listed");
            Check.equal(1, Cluster.get(
                admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true)).nodes()).size(), "brokers");
            Check.equal(topic, Cluster.get(admin.describeTopics(singleton(topic)).allTopicNames()).get(topic).name(), "topic");
        }
    }
}
