using System.Diagnostics.CodeAnalysis;
using KLog.Clients.Errors;

namespace KLog.Clients.Admin;

/// <summary>The answer for one of several things that were asked for at once: a value, or why there is none.</summary>
public readonly record struct AdminResult<T>
{
    private readonly T? _value;

    public AdminResult(T value) => _value = value;

    public AdminResult(KafkaException error) => Error = error;

    public KafkaException? Error { get; }

    /// <exception cref="KafkaException">There is none.</exception>
    public T Value => Error is null ? _value! : throw Error;

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return Error is null;
    }
}

/// <summary>What is answered where there is nothing to say but that it was done.</summary>
public readonly record struct Done;
