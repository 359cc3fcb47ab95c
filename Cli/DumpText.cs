using System.Globalization;
using System.Text;
using KLog.Broker.Storage.Inspection;

namespace KLog.Cli;

/// <summary>A dump for people: a table for each file, records below their batch.</summary>
internal sealed class DumpText(TextWriter output) : IDumpOutput
{
    private const int ShownBytes = 200;

    private AlignedRows? _rows;
    private bool _isFirst = true;

    public void File(string path, string what)
    {
        Flush();
        _rows = null;
        output.WriteLine(_isFirst ? $"{path}: {what}" : $"\n{path}: {what}");
        _isFirst = false;
    }

    public void Row(DumpRow row)
    {
        if (row.IsDetail)
        {
            Flush();
            IEnumerable<string> parts = row.Values.Select(value => $"{value.Name} {Format(value.Value)}");
            output.WriteLine($"    {string.Join("  ", parts.Where(part => !part.EndsWith(' ')))}");
            return;
        }

        _rows ??= new AlignedRows(output, [.. row.Values.Select(value => value.Name)]);
        _rows.Add([.. row.Values.Select(value => (Cell(value.Value), value.Value is not string))]);
    }

    public void Damage(Finding finding)
    {
        Flush();
        output.WriteLine($"! {FindingText.Place(finding)}{finding.What}");
    }

    /// <summary>Prints what is held back.</summary>
    public void Flush() => _rows?.Flush();

    private static string Cell(object? value) => value is null ? "-" : Format(value);

    private static string Format(object? value) => value switch
    {
        null => "null",
        string text => text,
        DumpTime time => Time(time.Ms),
        DumpBytes bytes => Bytes(bytes),
        IReadOnlyList<DumpHeader> headers => string.Join(" ", headers.Select(header => $"{Bytes(header.Key)}={Format(header.Value)}")),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <summary>The number alone where it is none of a time that can be written.</summary>
    private static string Time(long ms) =>
        ms < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || ms > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? ms.ToString(CultureInfo.InvariantCulture)
            : DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Text in quotes; what is not text in hexadecimal; and how long it is when not all is shown.</summary>
    private static string Bytes(DumpBytes bytes)
    {
        ReadOnlySpan<byte> shown = bytes.Bytes.Span[..Math.Min(bytes.Bytes.Length, ShownBytes)];
        string rest = shown.Length < bytes.Length ? string.Create(CultureInfo.InvariantCulture, $"… ({bytes.Length} bytes)") : "";
        string? text = Text(shown, mayBeCut: rest.Length > 0);
        return text is null ? $"0x{Convert.ToHexStringLower(shown)}{rest}" : $"\"{text}\"{rest}";
    }

    private static string? Text(ReadOnlySpan<byte> bytes, bool mayBeCut)
    {
        StringBuilder text = new();
        while (!bytes.IsEmpty)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
            if (status == System.Buffers.OperationStatus.NeedMoreData && mayBeCut)
            {
                break;
            }

            if (status != System.Buffers.OperationStatus.Done || (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r')))
            {
                return null;
            }

            text.Append(rune.Value switch
            {
                '\t' => "\\t",
                '\n' => "\\n",
                '\r' => "\\r",
                '"' => "\\\"",
                '\\' => "\\\\",
                _ => rune.ToString(),
            });
            bytes = bytes[consumed..];
        }

        return text.ToString();
    }
}
