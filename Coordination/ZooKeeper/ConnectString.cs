using System.Globalization;

namespace KLog.Coordination.ZooKeeper;

/// <summary>A server of the ensemble.</summary>
public readonly record struct ServerAddress(string Host, int Port)
{
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>◆ zookeeper.connect: host:port,host:port/chroot. The port is 2181 unless said; an IPv6 address stands in brackets.</summary>
public sealed record ConnectString(IReadOnlyList<ServerAddress> Servers, string Chroot)
{
    private const int DefaultPort = 2181;

    /// <summary>Throws <see cref="FormatException"/> with what is wrong. The chroot is "" where there is none.</summary>
    public static ConnectString Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string hosts = slash < 0 ? text : text[..slash];
        string chroot = slash < 0 || slash == text.Length - 1 ? "" : text[slash..].TrimEnd();
        ServerAddress[] servers = [.. hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Server)];
        if (servers.Length == 0)
        {
            throw new FormatException($"'{text}' names no server");
        }

        try
        {
            if (chroot.Length > 0)
            {
                NodePath.Validate(chroot);
            }
        }
        catch (TreeException e)
        {
            throw new FormatException($"'{chroot}' is no chroot: {e.Message}", e);
        }

        return new ConnectString(servers, chroot);
    }

    private static ServerAddress Server(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > text.LastIndexOf(']');
        string host = (hasPort ? text[..colon] : text).Trim('[', ']');
        int port = DefaultPort;
        if (host.Length == 0 || (hasPort && !(int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535)))
        {
            throw new FormatException($"'{text}' is no host:port");
        }

        return new ServerAddress(host, port);
    }
}
