using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Directory = KLog.Protocol.Messages.DescribeLogDirsResponse.DescribeLogDirsResult;

namespace KLog.Broker.Handlers;

/// <summary>
/// DescribeLogDirs, versions 0 to 5 (KIP-113): each folder of <c>log.dirs</c> with the size of the replicas in it; from
/// version 4 on also the volume's space (KIP-827). A folder that has failed is told with KAFKA_STORAGE_ERROR.
/// </summary>
internal sealed class DescribeLogDirsHandler(LogStore logs)
{
    public ValueTask<DescribeLogDirsResponse> HandleAsync(DescribeLogDirsRequest request, RequestContext context)
    {
        HashSet<TopicPartition>? asked = request.Topics is null
            ? null
            : [.. request.Topics.SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Topic, p)))];
        ILookup<LogDirectory, PartitionLog> byDirectory = logs.All
            .Where(log => asked is null || asked.Contains(log.TopicPartition))
            .ToLookup(log => log.Directory);
        return new(new DescribeLogDirsResponse
        {
            Results = [.. logs.Directories.Select(directory => Describe(directory, byDirectory[directory]))],
        });
    }

    private static Directory Describe(LogDirectory directory, IEnumerable<PartitionLog> logs)
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
                .. logs.GroupBy(log => log.TopicPartition.Topic).Select(topic => new Directory.DescribeLogDirsTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(log => new Directory.DescribeLogDirsTopic.DescribeLogDirsPartition
                        {
                            PartitionIndex = log.TopicPartition.Partition,
                            PartitionSize = log.SizeInBytes,
                        }),
                    ],
                }),
            ],
        };
    }
}
