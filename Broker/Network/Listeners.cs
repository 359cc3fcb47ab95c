using System.Net;
using System.Net.Sockets;
using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Network;

/// <summary>
/// The broker's listeners, with the limits that they share. They are bound when this is made, so that their ports are
/// known, and accept from <see cref="Start"/> on.
/// </summary>
internal sealed class Listeners : IAsyncDisposable
{
    private readonly List<Listener> _all = [];

    /// <exception cref="StartupException">An address cannot be resolved, or is in use.</exception>
    public Listeners(LiveBrokerConfig live, RequestDispatcher dispatcher, TimeProvider time, ILoggerFactory loggers)
    {
        BrokerConfig config = live.Current;
        var limits = new ConnectionLimits(() => live.Current.MaxConnections, new PerAddressMax(live).Of);
        var memory = new RequestMemory(config.QueuedMaxRequestBytes);
        ILogger log = loggers.CreateLogger("network");
        foreach (ListenerAddress address in config.Listeners)
        {
            var options = new ListenerOptions(
                address.Name,
                new IPEndPoint(Resolve(address), address.Port),
                config.SocketListenBacklogSize,
                config.SocketSendBufferBytes,
                config.SocketReceiveBufferBytes,
                config.SocketRequestMaxBytes,
                TimeSpan.FromMilliseconds(config.ConnectionsMaxIdleMs));
            try
            {
                _all.Add(new Listener(options, limits, memory, dispatcher, time, log));
            }
            catch (SocketException e)
            {
                throw new StartupException(
                    $"listeners: {address} cannot be listened on: {e.Message}. Is another broker running there?", e);
            }
        }
    }

    /// <summary>The bound addresses, by listener name.</summary>
    public IReadOnlyList<(string Name, IPEndPoint Address)> Addresses =>
        [.. _all.Select(listener => (listener.Name, listener.LocalAddress))];

    public int ConnectionCount => _all.Sum(listener => listener.ConnectionCount);

    public void Start() => _all.ForEach(listener => listener.Start());

    /// <summary>This broker as clients are told of it: a port 0 has become the bound one, an empty host this machine's name.</summary>
    public BrokerNode Advertised(int id, BrokerConfig config) => new(
        id,
        config.BrokerRack,
        config.AdvertisedListeners.ToDictionary(
            each => each.Name,
            each => (
                each.Host.Length > 0 ? each.Host : Dns.GetHostName(),
                each.Port > 0 ? each.Port : _all.First(listener => listener.Name == each.Name).LocalAddress.Port)));

    public async ValueTask DisposeAsync()
    {
        foreach (Listener listener in _all)
        {
            await listener.DisposeAsync();
        }
    }

    private static IPAddress Resolve(ListenerAddress address)
    {
        if (address.IsWildcard)
        {
            return address.Host == "0.0.0.0" || !Socket.OSSupportsIPv6 ? IPAddress.Any : IPAddress.IPv6Any;
        }

        try
        {
            IPAddress[] found = Dns.GetHostAddresses(address.Host);
            return found.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (SocketException e)
        {
            throw new StartupException($"listeners: the host of {address} is not known here: {e.Message}", e);
        }
    }

    /// <summary><c>max.connections.per.ip</c> with its overrides, resolved anew when the configuration changes.</summary>
    private sealed class PerAddressMax(LiveBrokerConfig live)
    {
        private volatile Tuple<BrokerConfig, Dictionary<IPAddress, int>>? _resolved;

        /// <summary>Any thread. Asks the name service once after a change: not to be called under a lock.</summary>
        public int Of(IPAddress address)
        {
            BrokerConfig config = live.Current;
            if (_resolved is not { } resolved || !ReferenceEquals(resolved.Item1, config))
            {
                _resolved = resolved = Tuple.Create(config, Resolve(config.MaxConnectionsPerIpOverrides));
            }

            IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return resolved.Item2.GetValueOrDefault(plain, config.MaxConnectionsPerIp);
        }

        private static Dictionary<IPAddress, int> Resolve(IEnumerable<KeyValuePair<string, int>> byHost)
        {
            Dictionary<IPAddress, int> byAddress = [];
            foreach ((string host, int max) in byHost)
            {
                foreach (IPAddress each in AddressesOf(host))
                {
                    byAddress[each] = max;
                }
            }

            return byAddress;
        }

        private static IPAddress[] AddressesOf(string host)
        {
            try
            {
                return Dns.GetHostAddresses(host);
            }
            catch (SocketException)
            {
                return [];
            }
        }
    }
}
