using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KLog.Architecture;

/// <summary>The repository as files: found by walking up from the test's assembly to the solution.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folders that are product, as opposed to tests and measurements.</summary>
    public static IReadOnlyList<string> ProductFolders { get; } = Directory.GetDirectories(Root)
        .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
        .Select(folder => Path.GetFileName(folder))
        .Order(StringComparer.Ordinal)
        .ToArray();

    public static IReadOnlyList<SourceFile> Product { get; } = ProductFolders.SelectMany(Files).ToArray();

    public static IEnumerable<SourceFile> Tests => Files("tests").Concat(Files("bench"));

    public static string ProjectFile(string folder) => Directory.GetFiles(Path.Combine(Root, folder), "*.csproj").Single();

    private static IEnumerable<SourceFile> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "artifacts"))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path));

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "KLog.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("no folder above the tests holds KLog.sln");
    }
}

/// <summary>One C# file, by its path from the root on.</summary>
internal sealed class SourceFile(string path)
{
    private SyntaxNode? _syntax;

    public string Path { get; } = path;

    public string Text { get; } = File.ReadAllText(System.IO.Path.Combine(SourceTree.Root, path));

    public int LineCount => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    public SyntaxNode Syntax => _syntax ??= CSharpSyntaxTree.ParseText(Text, path: Path).GetRoot();

    public IEnumerable<BaseTypeDeclarationSyntax> Types => Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>();

    public override string ToString() => Path;
}
