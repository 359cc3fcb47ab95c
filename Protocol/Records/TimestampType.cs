namespace KLog.Protocol.Records;

/// <summary>Who set a batch's timestamps: its producer, or the broker that appended it (KIP-32).</summary>
public enum TimestampType : byte
{
    CreateTime = 0,
    LogAppendTime = 1,
}
