using System.Globalization;
using System.Text;

namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// ◆ Reads a checkpoint file (<see cref="CheckpointFile"/> draws it) line by line, and says what is wrong where; a broker
/// takes all of a file or nothing.
/// </summary>
internal static class CheckpointText
{
    /// <summary>A line after the first two.</summary>
    /// <param name="Position">Where it starts in the file.</param>
    internal readonly record struct Row(int Position, string[] Columns);

    /// <param name="report">Takes a position in the file and what is wrong there.</param>
    internal static List<Row> Read(ReadOnlySpan<byte> file, int columns, Action<long, string> report)
    {
        List<Row> rows = [];
        if (file.IsEmpty)
        {
            return rows; // Made by Kafka, and not written yet.
        }

        List<Row> lines = Lines(file);
        if (lines is not [{ Columns: ["0"] }, ..])
        {
            report(0, "the file does not begin with the version 0");
            return rows;
        }

        if (lines.Count < 2 || lines[1].Columns is not [string text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            report(lines.Count < 2 ? file.Length : lines[1].Position, "the number of lines is missing");
            return rows;
        }

        foreach (Row line in lines[2..])
        {
            if (line.Columns.Length == columns && AreNumbers(line.Columns, from: columns - 2))
            {
                rows.Add(line);
            }
            else
            {
                report(line.Position, $"the line '{string.Join(' ', line.Columns)}' is not understood");
            }
        }

        if (count != lines.Count - 2)
        {
            report(lines[1].Position, $"{count} lines are announced, but {lines.Count - 2} follow");
        }

        return rows;
    }

    private static bool AreNumbers(string[] columns, int from) =>
        int.TryParse(columns[from], NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && long.TryParse(columns[from + 1], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static List<Row> Lines(ReadOnlySpan<byte> file)
    {
        List<Row> lines = [];
        for (int at = 0; at < file.Length;)
        {
            int length = file[at..].IndexOf((byte)'\n');
            length = length < 0 ? file.Length - at : length;
            string[] columns = Encoding.UTF8.GetString(file.Slice(at, length)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 0)
            {
                lines.Add(new Row(at, columns));
            }

            at += length + 1;
        }

        return lines;
    }
}
