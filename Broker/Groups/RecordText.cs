using System.Text;

namespace KLog.Broker.Groups;

/// <summary>
/// ◆ Whether a text fits into a group's records, which have 16-bit lengths; in a request it may be longer. One that does not
/// is refused before anything happens to its group.
/// </summary>
internal static class RecordText
{
    private const int BytesMax = short.MaxValue;
    private const int CharBytesMax = 3;

    public static bool Fits(string? text) =>
        text is null || text.Length <= BytesMax / CharBytesMax || Encoding.UTF8.GetByteCount(text) <= BytesMax;
}
