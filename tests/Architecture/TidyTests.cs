using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KLog.Architecture;

/// <summary>The house rules that a program can check. A failure lists the places.</summary>
public sealed partial class TidyTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;

    private static readonly string[] VagueWords =
        ["Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Service", "Services"];

    // Put together here, so that this file does not hold them itself.
    private static readonly string[] Leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Exception"];

    [Fact]
    public void The_tree_is_found() => Assert.True(SourceTree.Product.Count > 50);

    [Fact]
    public void A_file_has_one_idea() =>
        None(SourceTree.Product.Where(file => file.LineCount > FileLinesMax).Select(file => $"{file}: {file.LineCount} lines"));

    [Fact]
    public void A_method_fits_a_screen() =>
        None(
            from file in SourceTree.Product
            from method in file.Syntax.DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
            let lines = Lines(method)
            where lines > MethodLinesMax
            select $"{file}: {Name(method)} has {lines} lines");

    [Fact]
    public void Names_say_something() =>
        None(
            from file in SourceTree.Product
            from name in file.Types.Select(type => type.Identifier.Text).Append(Path.GetFileNameWithoutExtension(file.Path))
            where Word().Matches(name).Any(word => VagueWords.Contains(word.Value))
            select $"{file}: {name}");

    [Fact]
    public void Nothing_is_left_for_later() =>
        None(
            from file in SourceTree.Product.Concat(SourceTree.Tests)
            from leftover in Leftovers
            where Regex.IsMatch(file.Text, $@"\b{leftover}\b")
            select $"{file}: {leftover}");

    [Fact]
    public void Every_public_type_says_what_it_is_for()
    {
        var parts =
            from file in SourceTree.Product
            from type in file.Types
            where type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax && type.Modifiers.Any(SyntaxKind.PublicKeyword)
            group (file, IsDocumented: HasSummary(type)) by $"{Namespace(type)}.{type.Identifier.Text}";
        None(parts.Where(type => !type.Any(part => part.IsDocumented)).Select(type => $"{type.First().file}: {type.Key}"));
    }

    [Fact]
    public void Namespaces_are_folders() =>
        None(
            from file in SourceTree.Product
            from declared in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            let name = declared.Name.ToString()
            where !IsNamespaceOf(file, name)
            select $"{file}: {name}");

    /// <summary>KLog, the project, and as much of the folders in it as the file cares to name.</summary>
    private static bool IsNamespaceOf(SourceFile file, string name)
    {
        string folders = "KLog." + Path.GetDirectoryName(file.Path)!.Replace('/', '.');
        string project = "KLog." + file.Path.Split('/')[0];
        bool isPolyfill = file.Path.StartsWith("Protocol.Generator/", StringComparison.Ordinal) && name == "System.Runtime.CompilerServices";
        return isPolyfill || ((folders + ".").StartsWith(name + ".", StringComparison.Ordinal) && (name + ".").StartsWith(project + ".", StringComparison.Ordinal));
    }

    private static bool HasSummary(SyntaxNode type) =>
        type.GetLeadingTrivia().Any(trivia => trivia.ToFullString().Contains("<summary>", StringComparison.Ordinal));

    private static string Namespace(SyntaxNode type) =>
        type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";

    private static int Lines(SyntaxNode node)
    {
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string Name(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    private static void None(IEnumerable<string> places)
    {
        string list = string.Join('\n', places);
        Assert.True(list.Length == 0, list);
    }

    [GeneratedRegex("[A-Z][a-z]+|[A-Z]+(?![a-z])|[a-z]+")]
    private static partial Regex Word();
}
