using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace KLog.Protocol;

/// <summary>
/// Something that must hold or the broker must stop, in release builds too: a wrong log is worse than none.
/// </summary>
public static class Invariant
{
    /// <summary>What the process does when an invariant is broken; tests replace it. It must not return.</summary>
    public static Action<string> OnBroken { get; set; } = message => Environment.FailFast(message);

    public static void Holds(
        [DoesNotReturnIf(false)] bool condition,
        string message,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
        {
            Broken(message, file, line);
        }
    }

    [DoesNotReturn]
    private static void Broken(string message, string file, int line)
    {
        string whole = $"broken invariant: {message} ({Path.GetFileName(file)}:{line})";
        OnBroken(whole);
        throw new InvalidOperationException(whole);
    }
}
