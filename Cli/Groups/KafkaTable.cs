using System.Text;

namespace KLog.Cli.Groups;

/// <summary>
/// A table as Kafka's tools lay it out ◆: text left, one blank between columns, and columns as wide as Kafka's, or as their
/// widest value. Scripts that read the tools' output by column read this one, too.
/// </summary>
internal sealed class KafkaTable(params (string Name, int Width)[] columns)
{
    /// <summary>Stands where there is no value.</summary>
    public const string Missing = "-";

    private readonly int[] _widths = [.. columns.Select(column => Math.Max(column.Width, column.Name.Length))];
    private readonly List<string[]> _rows = [[.. columns.Select(column => column.Name)]];

    /// <param name="cells">As many as there are columns; null is missing.</param>
    public void Add(params object?[] cells)
    {
        string[] row = [.. cells.Select(cell => FormattableString.Invariant($"{cell ?? Missing}"))];
        for (int i = 0; i < row.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], row[i].Length);
        }

        _rows.Add(row);
    }

    /// <summary>Its lines, none of them with blanks at the end.</summary>
    public void WriteTo(TextWriter output)
    {
        StringBuilder line = new();
        foreach (string[] row in _rows)
        {
            line.Clear();
            for (int i = 0; i < row.Length; i++)
            {
                line.Append(row[i].PadRight(_widths[i])).Append(' ');
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }
}
