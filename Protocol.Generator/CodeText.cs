using System.Text;

namespace KLog.Protocol.Generator;

/// <summary>C# text with indentation, as it grows.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
    }

    /// <summary>Opens a block under a heading; under none when the heading is empty.</summary>
    public void Open(string heading)
    {
        if (heading.Length > 0)
        {
            Line(heading);
        }

        Line("{");
        _depth++;
    }

    public void Close()
    {
        _depth--;
        Line("}");
    }

    public override string ToString() => _text.ToString();
}
