using System.Text;

namespace KLog.Cli;

/// <summary>
/// Prints rows in columns as they come: the first ones are held back until the widths are known, and a wider value later
/// widens its column from there on. Numbers stand right, text left.
/// </summary>
internal sealed class AlignedRows(TextWriter output, string[] names)
{
    private const int HeldBack = 200;

    private readonly int[] _widths = [.. names.Select(name => name.Length)];
    private readonly List<(string Text, bool IsNumber)[]> _held = [];
    private readonly StringBuilder _line = new();
    private bool _isHeaderPrinted;

    /// <param name="cells">As many as there are names.</param>
    public void Add(params (string Text, bool IsNumber)[] cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], cells[i].Text.Length);
        }

        _held.Add(cells);
        if (_isHeaderPrinted || _held.Count == HeldBack)
        {
            Flush();
        }
    }

    /// <summary>Prints what is held back.</summary>
    public void Flush()
    {
        if (_held.Count > 0 && !_isHeaderPrinted)
        {
            _isHeaderPrinted = true;
            Print([.. names.Select((name, i) => (name, _held[0][i].IsNumber))]);
        }

        foreach ((string, bool)[] cells in _held)
        {
            Print(cells);
        }

        _held.Clear();
    }

    private void Print((string Text, bool IsNumber)[] cells)
    {
        _line.Clear();
        for (int i = 0; i < cells.Length; i++)
        {
            (string text, bool isNumber) = cells[i];
            _line.Append(i == 0 ? "" : "  ").Append(isNumber ? text.PadLeft(_widths[i]) : text.PadRight(_widths[i]));
        }

        output.WriteLine(_line.ToString().TrimEnd());
    }
}
