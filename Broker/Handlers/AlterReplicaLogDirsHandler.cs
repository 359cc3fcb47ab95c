using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Result = KLog.Protocol.Messages.AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult;

namespace KLog.Broker.Handlers;

/// <summary>
/// AlterReplicaLogDirs, versions 0 to 2 (KIP-113): begins to move replicas to other folders of <c>log.dirs</c>, and
/// answers at once; DescribeLogDirs tells how far they are. A replica that this broker does not have yet gets the folder
/// when it is created, though the answer is an error, as Kafka's is.
/// </summary>
internal sealed class AlterReplicaLogDirsHandler(PartitionLookup lookup, LogStore logs)
{
    public ValueTask<AlterReplicaLogDirsResponse> HandleAsync(AlterReplicaLogDirsRequest request, RequestContext context)
    {
        // A partition that is named twice goes to the last folder.
        Dictionary<TopicPartition, string> paths = [];
        foreach (AlterReplicaLogDirsRequest.AlterReplicaLogDir directory in request.Dirs)
        {
            foreach (AlterReplicaLogDirsRequest.AlterReplicaLogDir.AlterReplicaLogDirTopic topic in directory.Topics)
            {
                foreach (int partition in topic.Partitions)
                {
                    paths[new TopicPartition(topic.Name, partition)] = directory.Path;
                }
            }
        }

        return new(new AlterReplicaLogDirsResponse
        {
            Results =
            [
                .. paths.GroupBy(each => each.Key.Topic).Select(topic => new Result
                {
                    TopicName = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(each => new Result.AlterReplicaLogDirPartitionResult
                        {
                            PartitionIndex = each.Key.Partition,
                            ErrorCode = Move(each.Key, each.Value),
                        }),
                    ],
                }),
            ],
        });
    }

    private ErrorCode Move(TopicPartition name, string path)
    {
        if (!LogStore.CanMove(name))
        {
            return ErrorCode.InvalidTopicException;
        }

        if (logs.FindDirectory(path) is not { } target)
        {
            return ErrorCode.LogDirNotFound;
        }

        if (target.IsOffline)
        {
            return ErrorCode.KafkaStorageError;
        }

        if (lookup.Find(name.Topic, name.Partition, out ErrorCode missing) is not { } replica)
        {
            logs.Prefer(name, target);

            // Not NOT_LEADER_OR_FOLLOWER: tools wait for a replica that is on its way here.
            return missing == ErrorCode.NotLeaderOrFollower ? ErrorCode.ReplicaNotAvailable : missing;
        }

        if (replica.Log.Directory.IsOffline)
        {
            return ErrorCode.KafkaStorageError;
        }

        logs.Move(replica.Log, target);
        return ErrorCode.None;
    }
}
