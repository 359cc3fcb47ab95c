using System.Text;
using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Folders;

/// <summary>Makes the topics of data folders known to Kafka's ZooKeeper: nodes as a controller would have made them.</summary>
internal static class ZooKeeperTopics
{
    /// <summary>Above every epoch that the logs have seen.</summary>
    private const int LeaderEpoch = 9;

    /// <summary>Also forgets the broker that was killed, as the end of its session would after a while.</summary>
    public static async Task RegisterAsync(int port, params string[] logDirs)
    {
        StringBuilder commands = new("delete /brokers/ids/0\ndelete /controller\n");
        int created = 0;
        IEnumerable<IGrouping<string, string>> topics = logDirs
            .SelectMany(folder => Directory.GetDirectories(folder))
            .Where(folder => File.Exists(Path.Combine(folder, "partition.metadata")))
            .GroupBy(folder => Path.GetFileName(folder)[..Path.GetFileName(folder).LastIndexOf('-')]);
        foreach (IGrouping<string, string> topic in topics)
        {
            string id = (await File.ReadAllTextAsync(Path.Combine(topic.First(), "partition.metadata"))).Split("topic_id:")[1].Trim();
            int count = topic.Count();
            string assignment = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i}\":[0]"));
            Create($"/brokers/topics/{topic.Key}", $$$"""{"partitions":{{{{assignment}}}},"topic_id":"{{{id}}}","adding_replicas":{},"removing_replicas":{},"version":3}""");
            Create($"/brokers/topics/{topic.Key}/partitions", "");
            for (int i = 0; i < count; i++)
            {
                Create($"/brokers/topics/{topic.Key}/partitions/{i}", "");
                Create(
                    $"/brokers/topics/{topic.Key}/partitions/{i}/state",
                    $$"""{"controller_epoch":1,"leader":0,"version":1,"leader_epoch":{{LeaderEpoch}},"isr":[0]}""");
            }
        }

        string[] shell = KafkaLaunch.Java("3.9.2", "128m", "org.apache.zookeeper.ZooKeeperMain", "-server", $"127.0.0.1:{port}");
        ProgramResult result = await ProgramRun.RunAsync(shell[0], shell[1..], commands.ToString());
        Assert.True(result.Lines.Count(line => line.Contains("Created /", StringComparison.Ordinal)) == created, result.Output);

        void Create(string path, string data)
        {
            commands.Append("create ").Append(path).Append(' ').Append(data).Append('\n');
            created++;
        }
    }
}
