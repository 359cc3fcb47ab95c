namespace KLog.Broker.Groups;

/// <summary>Where a member's request comes from.</summary>
/// <param name="Host">As Kafka tells it: a slash, and the address.</param>
internal readonly record struct ClientOrigin(string ClientId, string Host);
