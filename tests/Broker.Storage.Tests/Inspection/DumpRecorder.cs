using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;

namespace KLog.Broker.Storage.Tests.Inspection;

/// <summary>Keeps what a dump shows; keys and values in hexadecimal.</summary>
internal sealed class DumpRecorder : IDumpOutput
{
    private readonly List<DumpRow> _rows = [];

    public List<Finding> Damages { get; } = [];

    public string? What { get; private set; }

    public static DumpRecorder Show(string path, DumpDepth depth = DumpDepth.Batches)
    {
        DumpRecorder recorder = new();
        Assert.True(FileDump.TryShow(DiskFileSystem.Instance, path, depth, recorder));
        Assert.NotNull(recorder.What);
        return recorder;
    }

    public IEnumerable<object?> Column(string kind, string name) =>
        _rows.Where(row => row.Kind == kind).Select(row => row.Values.Single(value => value.Name == name).Value);

    public int Count(string kind) => _rows.Count(row => row.Kind == kind);

    public void File(string path, string what) => What = what;

    public void Row(DumpRow row) => _rows.Add(row with { Values = [.. row.Values.Select(value => value with { Value = Kept(value.Value) })] });

    public void Damage(Finding finding) => Damages.Add(finding);

    private static object? Kept(object? value) => value switch
    {
        DumpBytes bytes => Convert.ToHexString(bytes.Bytes.Span) + (bytes.Bytes.Length < bytes.Length ? $" of {bytes.Length}" : ""),
        IReadOnlyList<DumpHeader> headers => string.Join(',', headers.Select(header => $"{Kept(header.Key)}={Kept(header.Value)}")),
        _ => value,
    };
}
