namespace KLog.Protocol.Wire;

/// <summary>What the generator gives each class with a <c>[Message]</c>.</summary>
public interface ISchema<TSelf>
    where TSelf : ISchema<TSelf>
{
    static abstract VersionRange Versions { get; }

    static abstract VersionRange FlexibleVersions { get; }

    /// <summary>Reads the body. Slices of records and bytes point into the reader's memory.</summary>
    /// <exception cref="ProtocolViolationException">The bytes are not such a message.</exception>
    static abstract TSelf Read(ref WireReader reader, short version);

    /// <exception cref="InvalidOperationException">A field is set that the version cannot carry.</exception>
    void Write(WireWriter writer, short version);
}

/// <summary>A request or a response.</summary>
public interface IMessage<TSelf> : ISchema<TSelf>
    where TSelf : IMessage<TSelf>
{
    static abstract ApiKey ApiKey { get; }
}

/// <summary>A request, with the type of its response.</summary>
public interface IRequest<TSelf, TResponse> : IMessage<TSelf>
    where TSelf : IRequest<TSelf, TResponse>
    where TResponse : IMessage<TResponse>;
