using KLog.Conformance.Broker;
using KLog.Conformance.Java;

namespace KLog.Conformance;

/// <summary>Tests that run in JVMs share a broker and the JVMs, because both cost seconds to start.</summary>
[CollectionDefinition(Name)]
public sealed class JvmCollection : ICollectionFixture<BrokerUnderTest>, ICollectionFixture<JavaShells>
{
    public const string Name = "jvm";
}

/// <summary>Clients in other languages, and the raw protocol.</summary>
[CollectionDefinition(Name)]
public sealed class WireCollection : ICollectionFixture<BrokerUnderTest>
{
    public const string Name = "wire";
}

/// <summary>Bad input gets a broker of its own, so that what it does to the broker is seen there.</summary>
[CollectionDefinition(Name)]
public sealed class BadInputCollection : ICollectionFixture<BrokerUnderTest>
{
    public const string Name = "bad input";
}
