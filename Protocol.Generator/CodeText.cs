using System.Text;

namespace KLog.Protocol.Generator;

/// <summary>C# text with indentation, as it grows. Empty lines stand between things, never doubled and never at a block's ends.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _atStart = true;
    private bool _gap;

    public void Line(string line)
    {
        if (_gap && !_atStart)
        {
            _text.Append('\n');
        }

        _gap = false;
        _atStart = false;
        _text.Append(' ', _depth * 4).Append(line).Append('\n');
    }

    /// <summary>Asks for an empty line before the next one.</summary>
    public void Gap() => _gap = true;

    public void Open(string heading)
    {
        Line(heading);
        OpenBlock();
    }

    public void OpenBlock()
    {
        Line("{");
        _depth++;
        _atStart = true;
    }

    /// <summary>Closes the block; a gap follows, unless the next line belongs to the same statement.</summary>
    public void Close(bool continues = false)
    {
        _depth--;
        _gap = false;
        Line("}");
        _gap = !continues;
    }

    public override string ToString() => _text.ToString();
}
