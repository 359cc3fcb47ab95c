namespace KLog.Broker.Storage.Inspection;

/// <summary>What the data folder around it says of a partition.</summary>
/// <param name="IsClean">As a clean shutdown has left it: nothing is unfinished.</param>
/// <param name="RecoveryPoint">Up to where all is on the disk; -1 when it is not known.</param>
/// <param name="LogStartOffset">0 when it is not known.</param>
/// <param name="HighWatermark">-1 when it is not known.</param>
/// <param name="CleanerPoint">Up to where the log was compacted; -1 when it was not.</param>
internal sealed record PartitionFacts(bool IsClean, long RecoveryPoint, long LogStartOffset, long HighWatermark, long CleanerPoint)
{
    internal static PartitionFacts Unknown { get; } = new(false, -1, 0, -1, -1);
}
