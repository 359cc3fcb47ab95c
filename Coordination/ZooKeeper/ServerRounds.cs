namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// ◆ Which server is tried next, and after what time. The order is drawn once, so that many clients spread over the ensemble. A
/// round is over when every server has been tried since the last connection: only then is there no hope for waiting calls.
/// </summary>
internal sealed class ServerRounds
{
    private const int FirstDelayMs = 50;
    private const int MostDelayMs = 1000;

    private readonly ServerAddress[] _servers;
    private readonly Random _random;
    private int _next;
    private int _tried;
    private int _rounds;

    public ServerRounds(IReadOnlyList<ServerAddress> servers, Random random)
    {
        _servers = [.. servers];
        _random = random;
        random.Shuffle(_servers);
    }

    public int Count => _servers.Length;

    public ServerAddress Next()
    {
        ServerAddress server = _servers[_next];
        _next = (_next + 1) % _servers.Length;
        _tried++;
        return server;
    }

    /// <summary>The last one answered.</summary>
    public void Connected() => (_tried, _rounds) = (0, 0);

    /// <summary>The last one did not. Returns whether a round is over.</summary>
    public bool Failed()
    {
        if (_tried < _servers.Length)
        {
            return false;
        }

        _tried = 0;
        _rounds++;
        return true;
    }

    /// <summary>
    /// What to wait before the next: a little within a round, so that the clients of a server that fell do not come all at
    /// once, and more with every round in vain.
    /// </summary>
    public TimeSpan Delay()
    {
        int most = Math.Min(FirstDelayMs << Math.Min(_rounds, 5), MostDelayMs);
        return TimeSpan.FromMilliseconds((most / 2) + _random.Next((most / 2) + 1));
    }
}
