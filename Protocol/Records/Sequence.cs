namespace KLog.Protocol.Records;

/// <summary>A producer's sequence numbers: 0 to the largest int, and then 0 again.</summary>
public static class Sequence
{
    public static int Add(int sequence, int increment) => (int)(((long)sequence + increment) & int.MaxValue);
}
