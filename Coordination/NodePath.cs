namespace KLog.Coordination;

/// <summary>The rules for a node's path, ZooKeeper's: absolute, no empty, '.' or '..' part, no control or private character.</summary>
public static class NodePath
{
    /// <summary>Throws <see cref="TreeError.BadArguments"/> unless the path is one that ZooKeeper takes; a sequential one may end in '/'.</summary>
    public static void Validate(string path, bool sequential = false)
    {
        string whole = sequential ? path + "1" : path;
        if (Fault(whole) is { } fault)
        {
            throw new TreeException(TreeError.BadArguments, path, detail: fault);
        }
    }

    /// <summary>The path of the node above: "/" for "/a". The root has none.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash == 0 ? "/" : path[..slash];
    }

    /// <summary>The last part.</summary>
    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string Child(string parent, string name) => parent == "/" ? "/" + name : $"{parent}/{name}";

    private static string? Fault(string path)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            return "a path starts with /";
        }

        if (path.Length == 1)
        {
            return null;
        }

        if (path[^1] == '/')
        {
            return "a path does not end in /";
        }

        foreach (char c in path)
        {
            if (c is <= '\u001f' or >= '\u007f' and <= '\u009f' or >= '\ud800' and <= '\uf8ff' or >= '\ufff0')
            {
                return $"character U+{(int)c:X4} is not allowed";
            }
        }

        foreach (string part in path[1..].Split('/'))
        {
            if (part is "" or "." or "..")
            {
                return $"'{part}' is no name";
            }
        }

        return null;
    }
}
