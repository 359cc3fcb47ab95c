using System.Reflection;
using KLog.Broker.Handlers;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Broker.Storage.Files;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Described = KLog.Protocol.Messages.DescribeLogDirsResponse.DescribeLogDirsResult.DescribeLogDirsTopic.DescribeLogDirsPartition;

namespace KLog.Broker.Tests.Controller;

public sealed class LogDirHandlersTests : IAsyncLifetime
{
    private static readonly TopicPartition T0 = new("t", 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-dirs-").FullName;
    private readonly ManualResetEventSlim _mayCopy = new(true);
    private LogStore _logs = null!;
    private ReplicaSet _replicas = null!;

    private string A => $"{_folder}/a";

    private string B => $"{_folder}/b";

    public Task InitializeAsync()
    {
        var files = DispatchProxy.Create<IFileSystem, Gate>();
        ((Gate)files).MayCopy = _mayCopy;
        _logs = LogStore.Open(new LogStoreOptions { Directories = [A, B], Files = files }, TimeProvider.System, NullLogger.Instance);
        _logs.Prefer(T0, _logs.FindDirectory(A)!);
        _replicas = new ReplicaSet(_logs);
        _replicas.Lead(T0, Guid.NewGuid(), LogConfig.Default, new LeaderState(1, [0], [0], 0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _mayCopy.Set();
        await _logs.DisposeAsync();
        _mayCopy.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_replica_moves_and_is_told_as_a_future_one_meanwhile()
    {
        Append(3);
        _mayCopy.Reset();
        Assert.Equal(ErrorCode.None, await AlterAsync("t", 0, B));
        Assert.Equal(ErrorCode.None, await AlterAsync("t", 0, B));
        LogMove move = Assert.Single(_logs.Moves);
        Assert.Equal((0, 3L, true), Facts(Assert.Single(await DescribeAsync(B))));
        Assert.Equal((0, 0L, false), Facts(Assert.Single(await DescribeAsync(A))));
        _mayCopy.Set();
        Assert.True(await move.Completion);
        Described there = Assert.Single(await DescribeAsync(B));
        Assert.Equal((0, 0L, false), Facts(there));
        Assert.Equal(_logs.Find(T0)!.SizeInBytes, there.PartitionSize);
        Assert.Empty(await DescribeAsync(A));
    }

    [Fact]
    public async Task Asking_for_the_present_folder_ends_a_move()
    {
        Append(3);
        _mayCopy.Reset();
        await AlterAsync("t", 0, B);
        LogMove move = Assert.Single(_logs.Moves);
        Assert.Equal(ErrorCode.None, await AlterAsync("t", 0, A));
        Assert.Empty(await DescribeAsync(B));
        _mayCopy.Set();
        Assert.False(await move.Completion);
        await Task.WhenAll(_logs.Moves.Select(each => each.Completion));
        Assert.Equal(A, _logs.Find(T0)!.Directory.Path);
        Assert.Empty(Directory.GetDirectories(B));
    }

    [Theory]
    [InlineData("/nowhere", ErrorCode.LogDirNotFound)]
    [InlineData("b", ErrorCode.LogDirNotFound)]
    [InlineData("", ErrorCode.LogDirNotFound)]
    public async Task A_folder_that_is_none_of_the_brokers_is_refused(string path, ErrorCode expected)
    {
        Assert.Equal(expected, await AlterAsync("t", 0, path));
        Assert.Equal(expected, await AlterAsync("unknown", 0, path));
        Assert.Equal(ErrorCode.LogDirNotFound, await AlterAsync("t", 0, B + "/"));
    }

    [Fact]
    public async Task A_folder_that_is_offline_is_refused_and_so_is_a_replica_in_one()
    {
        _logs.FindDirectory(A)!.Fail(new IOException("dead"));
        Assert.Equal(ErrorCode.KafkaStorageError, await AlterAsync("t", 0, B));
        Assert.Equal(ErrorCode.KafkaStorageError, await AlterAsync("t", 0, A));
        Assert.Empty(_logs.Moves);
    }

    [Fact]
    public async Task A_replica_that_comes_later_gets_the_folder()
    {
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await AlterAsync("later", 2, A));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await AlterAsync("t", 7, A));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await AlterAsync("t", -1, A));
        Assert.Equal(A, _logs.Create(new TopicPartition("later", 2), Guid.NewGuid(), LogConfig.Default).Directory.Path);
    }

    [Fact]
    public async Task A_replica_that_is_elsewhere_or_on_its_way_is_not_available()
    {
        await using TestController controller = await TestController.StartAsync();
        await controller.CreateAsync("elsewhere");
        Assert.Equal(ErrorCode.ReplicaNotAvailable, await AlterAsync("elsewhere", 0, A, controller.View));
    }

    [Theory]
    [InlineData(213, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(214, ErrorCode.InvalidTopicException)]
    public async Task A_name_that_leaves_no_room_for_the_folders_is_refused(int length, ErrorCode expected) =>
        Assert.Equal(expected, await AlterAsync(new string('l', length), 0, B));

    private static (int Partition, long Lag, bool IsFuture) Facts(Described partition) =>
        (partition.PartitionIndex, partition.OffsetLag, partition.IsFutureKey);

    private void Append(int records)
    {
        using var builder = new KLog.Protocol.Records.RecordBatchBuilder(KLog.Protocol.Records.CompressionType.None);
        for (int i = 0; i < records; i++)
        {
            builder.Append(1, default, new byte[10]);
        }

        Assert.Equal(ErrorCode.None, _replicas.Find("t", 0)!.Append(builder.ToArray(), -1).Error);
    }

    private async Task<ErrorCode> AlterAsync(string topic, int partition, string path, ClusterView? view = null)
    {
        var handler = new AlterReplicaLogDirsHandler(new PartitionLookup(_replicas, view ?? new ClusterView()), _logs);
        var request = new AlterReplicaLogDirsRequest { Dirs = [new() { Path = path, Topics = [new() { Name = topic, Partitions = [partition] }] }] };
        AlterReplicaLogDirsResponse response = await handler.HandleAsync(request, TestController.Context(ApiKey.AlterReplicaLogDirs, 2));
        AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult result = Assert.Single(response.Results);
        Assert.Equal((topic, partition), (result.TopicName, Assert.Single(result.Partitions).PartitionIndex));
        return result.Partitions[0].ErrorCode;
    }

    private async Task<Described[]> DescribeAsync(string path)
    {
        DescribeLogDirsResponse response = await new DescribeLogDirsHandler(_logs)
            .HandleAsync(new DescribeLogDirsRequest { Topics = null }, TestController.Context(ApiKey.DescribeLogDirs, 4));
        return [.. response.Results.Single(each => each.LogDir == path).Topics.SelectMany(topic => topic.Partitions)];
    }

    /// <summary>The machine's disk, on which copies of records wait until they may be made.</summary>
    public class Gate : DispatchProxy
    {
        public ManualResetEventSlim MayCopy { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IFileSystem.Open) && ((string)args![0]!).Contains("-future/0", StringComparison.Ordinal))
            {
                MayCopy.Wait();
            }

            try
            {
                return targetMethod.Invoke(DiskFileSystem.Instance, args);
            }
            catch (TargetInvocationException error)
            {
                throw error.InnerException!;
            }
        }
    }
}
