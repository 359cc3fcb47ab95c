using System.Net;
using System.Net.Sockets;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Kafka;

public class KafkaFolderTests
{
    private const string Version = "3.9.2";

    [KafkaFact("java")]
    public async Task A_folder_that_a_killed_kafka_has_left_is_opened_and_read_whole()
    {
        using TemporaryFolder folder = new();
        const int Records = 2000;
        await WriteByKafkaAsync(folder.Path, Records);
        File.Delete(folder.File("data/.lock"));
        await using LogStore store = LogStore.Open(
            new LogStoreOptions { Directories = [folder.File("data")] }, TimeProvider.System, NullLogger.Instance);
        Assert.Equal((1, 1), (store.Directories[0].Meta!.Version, store.Directories[0].Meta!.BrokerId));
        Assert.False(store.Directories[0].WasCleanShutdown);
        PartitionLog log = store.Find(new TopicPartition("written", 0))!;
        Assert.NotEqual(Guid.Empty, log.TopicId);
        Assert.True(log.SegmentCount > 2);
        List<(long Base, long Last)> batches = log.ReadAll(0);
        Assert.Equal((0, Records - 1), (batches[0].Base, batches[^1].Last));
        ProducerState producer = Assert.Single(log.Producers.ToList());
        Assert.Equal((0, Records - 1L), (producer.Epoch, producer.LastOffset));
        log.Append(Batches.Of(1));
        Assert.Equal(Records + 1, log.LogEndOffset);
    }

    /// <summary>Not a random one: an id that begins with a dash looks like an option to Kafka's tool.</summary>
    private const string ClusterId = "KLogTestCluster000000A";

    private static async Task WriteByKafkaAsync(string folder, int records)
    {
        (int port, int controllerPort) = (FreePort(), FreePort());
        string config = Path.Combine(folder, "server.properties");
        await File.WriteAllLinesAsync(config,
        [
            "process.roles=broker,controller", "node.id=1", $"controller.quorum.voters=1@127.0.0.1:{controllerPort}",
            $"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllerPort}",
            "controller.listener.names=CONTROLLER", $"log.dirs={folder}/data", "num.partitions=1",
            "offsets.topic.replication.factor=1", "log.segment.bytes=100000", "log.index.interval.bytes=1000",
        ]);
        await KafkaProgram.RunAsync(
            Version, "kafka.tools.StorageTool", "format", "-t", ClusterId, "-c", config);
        using KafkaProgram server = KafkaProgram.Start(Version, "kafka.Kafka", config);
        await KafkaProgram.RunAsync(
            Version, "org.apache.kafka.tools.ProducerPerformance", "--topic", "written", "--num-records", $"{records}",
            "--record-size", "200", "--throughput", "-1", "--producer-props", $"bootstrap.servers=127.0.0.1:{port}",
            "acks=all", "enable.idempotence=true", "batch.size=4000");
        server.Kill();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
