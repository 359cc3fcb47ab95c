using System.Text;
using KLog.Protocol;

namespace KLog.Clients.Errors;

/// <summary>Error codes for people ◆: a sentence where one helps, and always Kafka's name, which can be looked up.</summary>
public static class ErrorTexts
{
    /// <summary>Those that Kafka's clients try again: the fault passes, or new metadata cures it.</summary>
    public static bool IsRetriable(ErrorCode code) => code is
        ErrorCode.CorruptMessage or ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable
        or ErrorCode.NotLeaderOrFollower or ErrorCode.RequestTimedOut or ErrorCode.ReplicaNotAvailable
        or ErrorCode.NetworkException or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable
        or ErrorCode.NotCoordinator or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.NotController or ErrorCode.ConcurrentTransactions or ErrorCode.KafkaStorageError
        or ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch or ErrorCode.ListenerNotFound
        or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch or ErrorCode.OffsetNotAvailable
        or ErrorCode.PreferredLeaderNotAvailable or ErrorCode.EligibleLeadersNotAvailable
        or ErrorCode.UnstableOffsetCommit or ErrorCode.ThrottlingQuotaExceeded or ErrorCode.UnknownTopicId
        or ErrorCode.InconsistentTopicId or ErrorCode.FetchSessionTopicIdError;

    /// <summary><c>the group is not empty (NON_EMPTY_GROUP)</c></summary>
    /// <param name="message">What the broker said itself, if anything.</param>
    public static string Describe(ErrorCode code, string? message = null)
    {
        string text = message is { Length: > 0 } ? message.TrimEnd('.') : Sentence(code);
        return text.Length == 0 ? KafkaName(code) : $"{text} ({KafkaName(code)})";
    }

    /// <summary>Kafka's own spelling: <c>NON_EMPTY_GROUP</c>.</summary>
    public static string KafkaName(ErrorCode code)
    {
        string name = code.ToString();
        StringBuilder text = new(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
            {
                text.Append('_');
            }

            text.Append(char.ToUpperInvariant(name[i]));
        }

        return text.ToString();
    }

    private static string Sentence(ErrorCode code) => code switch
    {
        ErrorCode.UnknownServerError => "the broker failed; its log tells why",
        ErrorCode.UnknownTopicOrPartition => "there is no such topic or partition",
        ErrorCode.LeaderNotAvailable => "it has no leader",
        ErrorCode.NotLeaderOrFollower => "the broker that was asked is not its leader",
        ErrorCode.CoordinatorLoadInProgress => "its coordinator is still loading",
        ErrorCode.CoordinatorNotAvailable => "its coordinator is not available",
        ErrorCode.NotCoordinator => "the broker that was asked is not its coordinator",
        ErrorCode.OffsetMetadataTooLarge => "the metadata of the offset is too large",
        ErrorCode.InvalidTopicException => "the name is not allowed",
        ErrorCode.InvalidGroupId => "the name is not allowed",
        ErrorCode.UnknownMemberId => "it has members, so that only they may commit",
        ErrorCode.RebalanceInProgress => "it is rebalancing",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed => "not authorized",
        ErrorCode.UnsupportedVersion => "the broker does not support it",
        ErrorCode.NonEmptyGroup => "it is not empty",
        ErrorCode.GroupIdNotFound => "it does not exist",
        ErrorCode.GroupSubscribedToTopic => "the group is subscribed to the topic",
        _ => "",
    };
}
