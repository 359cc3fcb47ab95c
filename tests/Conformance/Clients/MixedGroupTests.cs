using Confluent.Kafka;
using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;
using KLog.Conformance.Wire;
using KLog.Conformance.Wire.Groups;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;
using Topic = KLog.Conformance.Wire.Topic;

namespace KLog.Conformance.Clients;

/// <summary>One group of Java clients of all ages, librdkafka and kafka-python, which agree on the range assignor.</summary>
[Collection(JvmCollection.Name)]
public sealed class MixedGroupTests(BrokerUnderTest broker, JavaShells shells)
{
    private const int Partitions = 7;
    private const int Records = 50;

    [NeedsFact(Program.Kafka)]
    public async Task Every_member_has_its_share_and_nothing_is_read_twice()
    {
        using WireClient client = new(broker.Port);
        WireGroup group = await WireGroup.NewAsync(client);
        Topic topic = await Topic.CreateAsync(client, Partitions);
        string[] arguments = [broker.Address, topic.Name, group.Id, $"{Records}"];
        List<Task<ProgramResult>> members = [.. JavaShells.Versions.Select(version => shells.RunAsync(version, "GroupMember", arguments))];
        if (Prerequisites.Missing(Program.KafkaPython) is null)
        {
            members.Add(ProgramRun.RunAsync("/usr/bin/python3", [Path.Combine(Repository.Conformance, "python", "group_member.py"), .. arguments]));
        }

        using CancellationTokenSource done = new();
        Task<List<(int, long)>>? librdkafka = null;
        if (Prerequisites.Missing(Program.Librdkafka) is null)
        {
            Librdkafka.Use();
            librdkafka = Task.Run(() => Read(topic.Name, group.Id, done.Token));
        }

        int count = members.Count + (librdkafka is null ? 0 : 1);
        await AwaitSharesAsync(group, count, members);
        for (int partition = 0; partition < Partitions; partition++)
        {
            await client.SendAsync(Batches.Produce(topic, Batches.Of(Records), partition: partition), 9);
        }

        ProgramResult[] ended = await Task.WhenAll(members);
        await done.CancelAsync();
        List<(int Partition, long Offset)> read = librdkafka is null ? [] : await librdkafka;
        foreach (ProgramResult member in ended)
        {
            string[] lines = [.. member.Succeeded().Lines.Where(line => char.IsDigit(line[0]))];
            Assert.NotEmpty(lines);
            read.AddRange(lines.Select(line => line.Split(' ')).Select(each => (int.Parse(each[0]), long.Parse(each[1]))));
        }

        Assert.Equal(Partitions * Records, read.Distinct().Count());
        Assert.Equal(Partitions * Records, read.Count);
    }

    /// <summary>Until each of so many members has a partition.</summary>
    private static async Task AwaitSharesAsync(WireGroup group, int count, List<Task<ProgramResult>> members)
    {
        var described = await group.DescribeAsync();
        for (long end = Environment.TickCount64 + 30_000; Environment.TickCount64 < end; described = await group.DescribeAsync())
        {
            if (described.GroupState == "Stable" && described.Members.Length == count
                && described.Members.All(each => Versioned.Read<ConsumerProtocolAssignment>(each.MemberAssignment.ToArray()).AssignedPartitions.Length > 0))
            {
                return;
            }

            Assert.All(members.Where(each => each.IsCompleted), each => Assert.Fail(each.Result.Output));
            await Task.Delay(50);
        }

        Assert.Fail($"{described.GroupState} with {described.Members.Length} of {count} members: {string.Join(", ", described.Members.Select(each => each.ClientId))}");
    }

    private List<(int, long)> Read(string topic, string group, CancellationToken cancellation)
    {
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = broker.Address,
            GroupId = group,
            ClientId = "librdkafka",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            HeartbeatIntervalMs = 100,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
        }).Build();
        consumer.Subscribe(topic);
        List<(int, long)> read = [];
        while (!cancellation.IsCancellationRequested)
        {
            if (consumer.Consume(100) is { } record)
            {
                read.Add((record.Partition.Value, record.Offset.Value));
                consumer.Commit(record);
            }
        }

        consumer.Close();
        return read;
    }
}
