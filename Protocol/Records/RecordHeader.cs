namespace KLog.Protocol.Records;

/// <summary>A header of a record that is to be written.</summary>
/// <param name="Key">Goes out as UTF-8.</param>
/// <param name="Value">Null is not the same as empty.</param>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value)
{
    public RecordHeader(string key, byte[]? value)
        : this(key, value is null ? (ReadOnlyMemory<byte>?)null : value)
    {
    }
}
