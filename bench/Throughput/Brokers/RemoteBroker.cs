using System.Net;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>A broker that somebody else started: any that speaks Kafka's protocol.</summary>
internal sealed class RemoteBroker : BrokerUnderTest
{
    internal RemoteBroker(string name, IPEndPoint address, int? process)
        : base(name)
    {
        Address = address;
        Process = process;
    }

    /// <summary>Reads <c>name=host:port</c> or <c>name=host:port,pid</c>; null when it is neither.</summary>
    internal static RemoteBroker? Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        string[] numbers = colon < 0 ? [] : text[(colon + 1)..].Split(',');
        bool hasProcess = numbers.Length == 2;
        int process = 0;
        if (equals <= 0 || colon <= equals + 1 || numbers.Length is not (1 or 2)
            || !ushort.TryParse(numbers[0], out ushort port) || (hasProcess && !int.TryParse(numbers[1], out process)))
        {
            return null;
        }

        return new RemoteBroker(
            text[..equals], BrokerAddress.Resolve(text[(equals + 1)..colon], port), hasProcess ? process : null);
    }

    internal override void Start(CancellationToken cancellation)
    {
        if (!IsReady(Address))
        {
            throw new LoadException($"no broker answers at {Address}");
        }
    }

    public override void Dispose()
    {
    }
}
