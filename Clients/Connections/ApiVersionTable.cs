using KLog.Clients.Errors;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Clients.Connections;

/// <summary>Which requests a broker takes, in which versions, and what of that both sides can speak ◆.</summary>
public sealed class ApiVersionTable
{
    private readonly BrokerAddress _broker;
    private readonly Dictionary<ApiKey, VersionRange> _ranges = [];

    public ApiVersionTable(BrokerAddress broker, IEnumerable<ApiVersionsResponse.ApiVersion> versions)
    {
        _broker = broker;
        foreach (ApiVersionsResponse.ApiVersion version in versions)
        {
            _ranges[(ApiKey)version.ApiKey] = new VersionRange(version.MinVersion, version.MaxVersion);
        }
    }

    /// <summary>The greatest version between <paramref name="min"/> and <paramref name="max"/> that both sides know.</summary>
    public bool TryChoose<TRequest>(out short version, short min = 0, short max = short.MaxValue)
        where TRequest : IMessage<TRequest>
    {
        VersionRange theirs = _ranges.GetValueOrDefault(TRequest.ApiKey, VersionRange.None);
        version = Math.Min(max, Math.Min(TRequest.Versions.Max, theirs.Max));
        return !theirs.IsEmpty && version >= Math.Max(min, Math.Max(TRequest.Versions.Min, theirs.Min));
    }

    /// <inheritdoc cref="TryChoose"/>
    /// <exception cref="UnsupportedRequestException">There is none.</exception>
    public short Choose<TRequest>(short min = 0, short max = short.MaxValue)
        where TRequest : IMessage<TRequest>
    {
        if (TryChoose<TRequest>(out short version, min, max))
        {
            return version;
        }

        VersionRange wanted = new(Math.Max(min, TRequest.Versions.Min), Math.Min(max, TRequest.Versions.Max));
        VersionRange theirs = _ranges.GetValueOrDefault(TRequest.ApiKey, VersionRange.None);
        throw new UnsupportedRequestException($"{_broker}: {TRequest.ApiKey} is needed in versions {wanted}, and the broker has {theirs}");
    }
}
