using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KLog.Broker.Storage.Inspection;

namespace KLog.Cli;

/// <summary>
/// A dump for programs: one object a line, with its kind and file. Times are ms since 1970. A key or a value that is not
/// UTF-8 stands in base64, under its name and "Base64"; one that is cut has its whole length under its name and "Length".
/// </summary>
internal sealed class DumpJson : IDumpOutput, IDisposable
{
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _json;
    private string _path = "";

    public DumpJson(Stream output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public void File(string path, string what)
    {
        _path = path;
        Begin("file");
        _json.WriteString("what", what);
        End();
    }

    public void Row(DumpRow row)
    {
        Begin(row.Kind);
        foreach (DumpValue value in row.Values)
        {
            Write(value.Name, value.Value);
        }

        End();
    }

    public void Damage(Finding finding) => Write(finding);

    /// <summary>A finding as an object of its own.</summary>
    public void Write(Finding finding)
    {
        _path = finding.File;
        Begin(finding.Kind == FindingKind.Damage ? "damage" : "note");
        Write("offset", finding.Offset < 0 ? null : finding.Offset);
        Write("position", finding.Position < 0 ? null : finding.Position);
        _json.WriteString("what", finding.What);
        End();
    }

    /// <summary>What a verification has looked at, and found.</summary>
    public void Write(VerifySummary summary)
    {
        _json.WriteStartObject();
        _json.WriteString("kind", "summary");
        _json.WriteNumber("partitions", summary.Partitions);
        _json.WriteNumber("segments", summary.Segments);
        _json.WriteNumber("bytes", summary.Bytes);
        _json.WriteNumber("damages", summary.Damages);
        End();
    }

    public void Dispose() => _json.Dispose();

    private void Begin(string kind)
    {
        _json.WriteStartObject();
        _json.WriteString("kind", kind);
        _json.WriteString("file", _path);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        _output.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
        _json.Reset();
    }

    private void Write(string name, object? value)
    {
        switch (value)
        {
            case null: _json.WriteNull(name); break;
            case int number: _json.WriteNumber(name, number); break;
            case long number: _json.WriteNumber(name, number); break;
            case string text: _json.WriteString(name, text); break;
            case DumpTime time: _json.WriteNumber(name, time.Ms); break;
            case DumpBytes bytes: Write(name, bytes); break;
            case IReadOnlyList<DumpHeader> headers: Write(name, headers); break;
            default: throw new ArgumentOutOfRangeException(nameof(value), value, "not a value of a dump");
        }
    }

    private void Write(string name, DumpBytes bytes)
    {
        if (Utf8.IsValid(bytes.Bytes.Span))
        {
            _json.WriteString(name, bytes.Bytes.Span);
        }
        else
        {
            _json.WriteBase64String($"{name}Base64", bytes.Bytes.Span);
        }

        if (bytes.Bytes.Length < bytes.Length)
        {
            _json.WriteNumber($"{name}Length", bytes.Length);
        }
    }

    private void Write(string name, IReadOnlyList<DumpHeader> headers)
    {
        _json.WriteStartArray(name);
        foreach (DumpHeader header in headers)
        {
            _json.WriteStartObject();
            Write("key", header.Key);
            Write("value", (object?)header.Value);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }
}
