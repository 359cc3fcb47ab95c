namespace KLog.Broker.Configuration;

/// <summary>Reads the listeners, and checks what they must be together ◆.</summary>
internal static class ListenerSettings
{
    public const string Plaintext = "PLAINTEXT";

    private static readonly string[] Protocols = [Plaintext, "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

    /// <returns>null when the property is not given and has no default.</returns>
    public static IReadOnlyList<ListenerAddress>? Addresses(ConfigReader read, string property) =>
        read.List(property)?.Select(ListenerAddress.TryParse).OfType<ListenerAddress>().ToArray();

    public static string InterBrokerName(ConfigReader read) =>
        read.TextOrNull("inter.broker.listener.name")?.ToUpperInvariant() ?? read.Text("security.inter.broker.protocol");

    public static void Check(BrokerConfig config, ConfigReader read)
    {
        bool wellFormed = CheckForm(read, "listeners") & CheckForm(read, "advertised.listeners");
        if (!wellFormed)
        {
            return;
        }

        CheckProtocols(config, read);
        CheckApart(config, read);
        CheckAdvertised(config, read);
        if (!config.Listeners.Any(listener => listener.Name == config.InterBrokerListenerName))
        {
            string property = read.Given("inter.broker.listener.name") is null ? "security.inter.broker.protocol" : "inter.broker.listener.name";
            read.Refuse(property, $"no listener {config.InterBrokerListenerName} in listeners; name one of {Names(config.Listeners)}"
                + (property == "security.inter.broker.protocol" ? " by inter.broker.listener.name" : ""));
        }
    }

    private static bool CheckForm(ConfigReader read, string property)
    {
        string[] entries = read.List(property) ?? [];
        string? bad = entries.FirstOrDefault(entry => ListenerAddress.TryParse(entry) is null);
        if (bad is not null)
        {
            read.Refuse(property, $"'{bad}' must be NAME://host:port, such as PLAINTEXT://localhost:9092");
        }
        else if (entries.Length == 0 && property == "listeners")
        {
            read.Refuse(property, "needs at least one listener, such as PLAINTEXT://localhost:9092");
            return false;
        }

        return bad is null;
    }

    /// <summary>Nothing but PLAINTEXT: whoever asks for encryption or logins must not get a broker without.</summary>
    private static void CheckProtocols(BrokerConfig config, ConfigReader read)
    {
        Dictionary<string, string> map = [];
        foreach (string pair in ConfigDefinition.SplitList(read.Text("listener.security.protocol.map")))
        {
            string[] parts = pair.Split(':', StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || !Protocols.Contains(parts[1].ToUpperInvariant()))
            {
                read.Refuse("listener.security.protocol.map", $"'{pair}' must be NAME:PROTOCOL with one of {string.Join(", ", Protocols)}");
                return;
            }

            map[parts[0].ToUpperInvariant()] = parts[1].ToUpperInvariant();
        }

        foreach (ListenerAddress listener in config.Listeners)
        {
            if (!map.TryGetValue(listener.Name, out string? protocol))
            {
                read.Refuse("listeners", $"listener {listener.Name} has no protocol; add {listener.Name}:PLAINTEXT to listener.security.protocol.map");
            }
            else if (protocol != Plaintext)
            {
                read.Refuse("listeners", $"listener {listener.Name} asks for {protocol}, and KLog speaks only PLAINTEXT so far; make it a PLAINTEXT listener, or remove it");
            }
        }
    }

    private static void CheckApart(BrokerConfig config, ConfigReader read)
    {
        if (config.Listeners.DistinctBy(listener => listener.Name).Count() < config.Listeners.Count)
        {
            read.Refuse("listeners", "every listener needs a name of its own; map the names by listener.security.protocol.map");
        }

        var samePort = config.Listeners.Where(listener => listener.Port != 0).GroupBy(listener => listener.Port).FirstOrDefault(SameAddressFamily);
        if (samePort is not null)
        {
            read.Refuse("listeners", $"every listener needs a port of its own, and {samePort.Key} is there twice");
        }
    }

    /// <summary>An IPv4 and an IPv6 address may share a port; anything else may not.</summary>
    private static bool SameAddressFamily(IEnumerable<ListenerAddress> listeners)
    {
        ListenerAddress[] sharing = [.. listeners];
        return sharing.Length > 2 || (sharing.Length == 2 && sharing[0].Host.Contains(':') == sharing[1].Host.Contains(':'));
    }

    private static void CheckAdvertised(BrokerConfig config, ConfigReader read)
    {
        string property = read.Given("advertised.listeners") is null ? "listeners" : "advertised.listeners";
        if (config.AdvertisedListeners.Any(listener => listener.Host is "0.0.0.0" or "::"))
        {
            read.Refuse(property, "no client can connect to this address; set advertised.listeners to the name or address that clients reach the broker by");
        }

        if (config.AdvertisedListeners.FirstOrDefault(one => !config.Listeners.Any(listener => listener.Name == one.Name)) is { } unknown)
        {
            read.Refuse("advertised.listeners", $"there is no listener {unknown.Name}; the names are {Names(config.Listeners)}");
        }
    }

    private static string Names(IEnumerable<ListenerAddress> listeners) => string.Join(", ", listeners.Select(listener => listener.Name));
}
