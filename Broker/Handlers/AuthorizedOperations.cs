namespace KLog.Broker.Handlers;

/// <summary>
/// Bit sets of what a client may do, a bit an operation by Kafka's number for it (3 read, 4 write, 5 create, 6 delete,
/// 7 alter, 8 describe, 9 cluster action, 10 describe configs, 11 alter configs, 12 idempotent write).
/// </summary>
public static class AuthorizedOperations
{
    /// <summary>Not asked for.</summary>
    public const int NotGiven = int.MinValue;

    public const int AllOnCluster = (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12);

    public const int AllOnGroup = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11);

    public const int AllOnTopic = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 11);
}
