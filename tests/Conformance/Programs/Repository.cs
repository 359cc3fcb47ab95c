namespace KLog.Conformance.Programs;

/// <summary>Where things lie in the source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of this project's sources: Java, Node and Python programs lie there.</summary>
    public static string Conformance => Path.Combine(Root, "tests", "Conformance");

    /// <summary>The name of the build configuration that runs now, as the artifacts folder spells it.</summary>
    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KLog.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"KLog.sln is in no folder above {AppContext.BaseDirectory}");
    }
}
