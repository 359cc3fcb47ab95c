namespace KLog.Broker.Storage.Inspection;

/// <summary>One line of a dump: values by name, in the order of its columns.</summary>
/// <param name="Kind">"batch", "record", "producer", …: rows of a kind have the same names.</param>
/// <param name="IsDetail">It belongs to the row before it.</param>
public sealed record DumpRow(string Kind, bool IsDetail, params DumpValue[] Values);

/// <summary>A value of a row.</summary>
/// <param name="Value">
/// Null, a bool, an int or a long, a string, a <see cref="DumpTime"/>, a <see cref="DumpBytes"/>, or a list of
/// <see cref="DumpHeader"/>.
/// </param>
public readonly record struct DumpValue(string Name, object? Value);

/// <summary>A point in time, ms since 1970.</summary>
public readonly record struct DumpTime(long Ms);

/// <summary>A key or a value. Valid during the call that it is handed to.</summary>
/// <param name="Bytes">The first ones.</param>
/// <param name="Length">How many there are in all.</param>
public readonly record struct DumpBytes(ReadOnlyMemory<byte> Bytes, int Length);

/// <summary>A record's header; its value may be null.</summary>
public readonly record struct DumpHeader(DumpBytes Key, DumpBytes? Value);

/// <summary>Takes what a file holds, row by row.</summary>
public interface IDumpOutput
{
    /// <summary>A file begins.</summary>
    /// <param name="what">What kind of file it is, in a word or two.</param>
    void File(string path, string what);

    void Row(DumpRow row);

    /// <summary>Something that is not as it should be, in the file that was begun.</summary>
    void Damage(Finding finding);
}
