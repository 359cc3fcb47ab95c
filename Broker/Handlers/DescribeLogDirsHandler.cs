using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Directory = KLog.Protocol.Messages.DescribeLogDirsResponse.DescribeLogDirsResult;

namespace KLog.Broker.Handlers;

/// <summary>
/// DescribeLogDirs, versions 0 to 5 (KIP-113): each folder of <c>log.dirs</c> with the size of the replicas in it; from
/// version 4 on also the volume's space (KIP-827). A folder that has failed is told with KAFKA_STORAGE_ERROR. A replica
/// that moves is in two folders: in the new one as a future replica, with the number of records that it lacks.
/// </summary>
internal sealed class DescribeLogDirsHandler(LogStore logs)
{
    public ValueTask<DescribeLogDirsResponse> HandleAsync(DescribeLogDirsRequest request, RequestContext context)
    {
        HashSet<TopicPartition>? asked = request.Topics is null
            ? null
            : [.. request.Topics.SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Topic, p)))];
        bool IsAsked(PartitionLog log) => asked is null || asked.Contains(log.TopicPartition);
        ILookup<LogDirectory, Replica> byDirectory = logs.All
            .Where(IsAsked)
            .Select(log => new Replica(log.Directory, log.TopicPartition, log.SizeInBytes, 0, IsFuture: false))
            .Concat(logs.Moves
                .Where(move => IsAsked(move.Log) && move.Target != move.Log.Directory)
                .Select(move => new Replica(move.Target, move.Log.TopicPartition, move.CopiedBytes, LagOf(move), IsFuture: true)))
            .ToLookup(replica => replica.Directory);
        return new(new DescribeLogDirsResponse
        {
            Results = [.. logs.Directories.Select(directory => Describe(directory, byDirectory[directory]))],
        });
    }

    private readonly record struct Replica(
        LogDirectory Directory, TopicPartition Name, long SizeInBytes, long OffsetLag, bool IsFuture);

    private static long LagOf(LogMove move) =>
        Math.Max(0, move.Log.LogEndOffset - Math.Max(move.CopiedOffset, move.Log.LogStartOffset));

    private static Directory Describe(LogDirectory directory, IEnumerable<Replica> replicas)
    {
        if (directory.IsOffline)
        {
            return new Directory { ErrorCode = ErrorCode.KafkaStorageError, LogDir = directory.Path };
        }

        (long usable, long total) = directory.Space;
        return new Directory
        {
            LogDir = directory.Path,
            TotalBytes = total,
            UsableBytes = usable,
            Topics =
            [
                .. replicas.GroupBy(replica => replica.Name.Topic).Select(topic => new Directory.DescribeLogDirsTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(replica => new Directory.DescribeLogDirsTopic.DescribeLogDirsPartition
                        {
                            PartitionIndex = replica.Name.Partition,
                            PartitionSize = replica.SizeInBytes,
                            OffsetLag = replica.OffsetLag,
                            IsFutureKey = replica.IsFuture,
                        }),
                    ],
                }),
            ],
        };
    }
}
