namespace KLog.Broker.Storage.Inspection;

/// <summary>How much of a segment is shown: its batches, and with them the records' keys, or all of the records.</summary>
public enum DumpDepth
{
    Batches,
    Keys,
    Records,
}
