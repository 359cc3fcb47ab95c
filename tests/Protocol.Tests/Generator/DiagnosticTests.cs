using KLog.Protocol.Generator;
using KLog.Protocol.Wire;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KLog.Protocol.Tests.Generator;

/// <summary>A message whose attributes are wrong does not compile, and the error says where and why.</summary>
public sealed class DiagnosticTests
{
    private static readonly MetadataReference[] References = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(':')
        .Append(typeof(MessageAttribute).Assembly.Location)
        .Distinct()
        .Select(path => MetadataReference.CreateFromFile(path))
        .ToArray();

    [Theory]
    [InlineData("KLOG001", "[Field(\"1..2\")] public int A { get; set; }")]
    [InlineData("KLOG001", "[Field(\"3-1\")] public int A { get; set; }")]
    [InlineData("KLOG001", "[Field(\"0+\", Nullable = \"all\")] public string? A { get; set; }")]
    [InlineData("KLOG002", "[Field(\"0+\")] public decimal A { get; set; }")]
    [InlineData("KLOG002", "[Field(\"0+\", Nullable = \"0+\")] public int? A { get; set; }")]
    [InlineData("KLOG002", "[Field(\"0+\")] public string?[] A { get; set; } = [];")]
    [InlineData("KLOG002", "[Field(\"0+\")] public System.Collections.Generic.List<int> A { get; set; } = [];")]
    [InlineData("KLOG002", "[Field(\"0+\")] public M[] A { get; set; } = [];")]
    [InlineData("KLOG003", "[Field(\"0+\", Tag = 0)] public int A { get; set; }")]
    [InlineData("KLOG003", "[Field(\"0+\", Tagged = \"1+\")] public int A { get; set; }")]
    [InlineData("KLOG003", "[Field(\"0+\", Tag = 0, Tagged = \"0+\")] public int A { get; set; }")]
    [InlineData("KLOG003", "[Field(\"1+\", Tag = 0, Tagged = \"1+\")] public int A { get; set; } [Field(\"1+\", Tag = 0, Tagged = \"1+\")] public int B { get; set; }")]
    [InlineData("KLOG004", "[Field(\"0+\", Nullable = \"0+\")] public string A { get; set; } = \"\";")]
    [InlineData("KLOG004", "[Field(\"0+\")] public string? A { get; set; }")]
    [InlineData("KLOG005", "[Field(\"0+\")] public int A { get; set; } = System.Environment.ProcessId;")]
    [InlineData("KLOG005", "[Field(\"0+\")] public string A { get; set; } = \"x\";")]
    [InlineData("KLOG006", "[Field(\"0+\")] public int A { get; set; }", "0+")]
    public void A_wrong_attribute_is_an_error(string id, string property, string versions = "0-2")
    {
        Diagnostic problem = Assert.Single(Run(property, versions).Diagnostics);
        Assert.Equal(id, problem.Id);
        Assert.Equal(DiagnosticSeverity.Error, problem.Severity);
        Assert.Equal("M.cs", problem.Location.GetLineSpan().Path);
    }

    [Fact]
    public void A_right_message_compiles()
    {
        (IReadOnlyList<Diagnostic> diagnostics, Compilation compilation) = Run(
            "[Field(\"0+\", Nullable = \"1+\")] public Part? A { get; set; } public partial class Part { [Field(\"0-1\")] public int B { get; set; } }", "0-2");
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }

    [Fact]
    public void An_edit_elsewhere_adds_no_source_again()
    {
        Compilation compilation = Compile("[Field(\"0+\")] public int A { get; set; }", "0-2");
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new MessageGenerator().AsSourceGenerator()],
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGenerators(compilation);
        driver = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other;")));
        Assert.All(
            driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    private static (IReadOnlyList<Diagnostic> Diagnostics, Compilation Compilation) Run(string property, string versions)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new MessageGenerator());
        driver.RunGeneratorsAndUpdateCompilation(Compile(property, versions), out Compilation compilation, out var diagnostics);
        return (diagnostics, compilation);
    }

    private static CSharpCompilation Compile(string property, string versions)
    {
        string source = $$"""
            using KLog.Protocol;
            using KLog.Protocol.Wire;
            using System;

            namespace KLog.Tried;

            [Message(ApiKey.Fetch, "{{versions}}", Flexible = "1+")]
            public sealed partial class M : IMessage<M>
            {
                {{property}}
            }
            """;
        return CSharpCompilation.Create(
            "Tried",
            [CSharpSyntaxTree.ParseText(source, path: "M.cs")],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }
}
