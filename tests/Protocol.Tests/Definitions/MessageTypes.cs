using System.Collections.Concurrent;
using System.Reflection;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Definitions;

/// <summary>Every request and response of the product, found by its attribute.</summary>
internal static class MessageTypes
{
    private static readonly ConcurrentDictionary<Type, (PropertyInfo, FieldAttribute)[]> FieldsOfTypes = [];

    public static IReadOnlyList<Type> All { get; } =
        typeof(MessageAttribute).Assembly.GetTypes()
            .Where(t => t.GetCustomAttribute<MessageAttribute>() is { ApiKey: >= 0 })
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .ToArray();

    public static Type Named(string name) => All.Single(t => t.Name == name);

    public static TheoryData<string> Names => new(All.Select(t => t.Name));

    /// <summary>The properties that go over the wire, in their order.</summary>
    public static IReadOnlyList<(PropertyInfo Property, FieldAttribute Field)> Fields(Type type) =>
        FieldsOfTypes.GetOrAdd(type, static t => t.GetProperties()
            .OrderBy(p => p.MetadataToken)
            .Select(p => (p, p.GetCustomAttribute<FieldAttribute>()!))
            .Where(pair => pair.Item2 is not null)
            .ToArray());
}
