using System.Globalization;
using System.Text;

namespace KLog.Broker.Configuration;

/// <summary>
/// Java's properties format ◆: <c>name=value</c>, <c>name: value</c> or <c>name value</c> a line; # and ! start a comment
/// line; a backslash at the end continues the line, and before a character escapes it (\t \n \r \f \uXXXX, or the
/// character itself). The last of several values of one name wins.
/// </summary>
public static class PropertiesText
{
    /// <exception cref="FormatException">A \u without four hexadecimal digits; the message names the line.</exception>
    public static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> properties = new(StringComparer.Ordinal);
        foreach ((string line, int number) in LogicalLines(text))
        {
            int nameEnd = EndOfName(line);
            int valueStart = SkipSeparator(line, nameEnd);
            properties[Unescape(line.AsSpan(0, nameEnd), number)] = Unescape(line.AsSpan(valueStart), number);
        }

        return properties;
    }

    /// <summary>Lines with continuations joined, without leading blanks, comments and empty lines.</summary>
    private static IEnumerable<(string Line, int Number)> LogicalLines(string text)
    {
        StringBuilder joined = new();
        int number = 0;
        int first = 0;
        foreach (string physical in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            string line = physical.TrimStart(' ', '\t', '\f');
            if (joined.Length == 0)
            {
                if (line.Length == 0 || line[0] is '#' or '!')
                {
                    continue;
                }

                first = number;
            }

            bool continues = TrailingBackslashes(line) % 2 == 1;
            joined.Append(continues ? line.AsSpan(0, line.Length - 1) : line);
            if (!continues)
            {
                yield return (joined.ToString(), first);
                joined.Clear();
            }
        }

        if (joined.Length > 0)
        {
            yield return (joined.ToString(), first);
        }
    }

    private static int TrailingBackslashes(string line)
    {
        int count = 0;
        while (count < line.Length && line[^(count + 1)] == '\\')
        {
            count++;
        }

        return count;
    }

    private static int EndOfName(string line)
    {
        int at = 0;
        while (at < line.Length && line[at] is not ('=' or ':' or ' ' or '\t' or '\f'))
        {
            at += line[at] == '\\' ? 2 : 1;
        }

        return Math.Min(at, line.Length);
    }

    private static int SkipSeparator(string line, int at)
    {
        at = SkipBlanks(line, at);
        return at < line.Length && line[at] is '=' or ':' ? SkipBlanks(line, at + 1) : at;
    }

    private static int SkipBlanks(string line, int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t' or '\f')
        {
            at++;
        }

        return at;
    }

    private static string Unescape(ReadOnlySpan<char> raw, int lineNumber)
    {
        if (!raw.Contains('\\'))
        {
            return raw.ToString();
        }

        StringBuilder text = new(raw.Length);
        for (int at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\' || at + 1 == raw.Length)
            {
                text.Append(raw[at] == '\\' ? ReadOnlySpan<char>.Empty : raw.Slice(at, 1));
                continue;
            }

            char escaped = raw[++at];
            if (escaped == 'u')
            {
                text.Append(UnicodeEscape(raw[(at + 1)..], lineNumber));
                at += 4;
                continue;
            }

            text.Append(escaped switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', _ => escaped });
        }

        return text.ToString();
    }

    private static char UnicodeEscape(ReadOnlySpan<char> digits, int lineNumber) =>
        digits.Length >= 4 && ushort.TryParse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)
            ? (char)code
            : throw new FormatException($"line {lineNumber}: \\u needs four hexadecimal digits");
}
