using System.Globalization;
using System.Reflection;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Definitions;

/// <summary>What one version of a message of ours looks like, one line a field, from the attributes and a new object's values.</summary>
internal static class OurSchema
{
    /// <param name="among">The versions that it is compared in: a field that all of them have cannot be ignored in any.</param>
    public static string Describe(Type message, short version, VersionRange among)
    {
        var lines = new List<string>();
        var flexible = Versions.Parse(message.GetCustomAttribute<MessageAttribute>()!.Flexible);
        lines.Add(flexible.Contains(version) ? "flexible" : "not flexible");
        Fields(message, version, flexible, among, 0, lines);
        return string.Join('\n', lines);
    }

    private static void Fields(Type type, short version, VersionRange flexible, VersionRange among, int depth, List<string> lines)
    {
        object fresh = Activator.CreateInstance(type)!;
        foreach ((PropertyInfo property, FieldAttribute field) in MessageTypes.Fields(type))
        {
            VersionRange versions = Versions.Parse(field.Versions);
            if (!versions.Contains(version))
            {
                continue;
            }

            (string wireType, Type? nested) = WireType(property.PropertyType);
            var line = new SchemaLine(property.Name, wireType, Default(property.GetValue(fresh), property.PropertyType))
            {
                Nullable = Versions.Parse(field.Nullable).Contains(version),
                Tag = Versions.Parse(field.Tagged).Contains(version) ? field.Tag : null,
                Ignorable = field.Ignorable && !Versions.Covers(versions, among),
                Flexible = (field.Flexible is { } own ? Versions.Parse(own) : flexible).Contains(version),
            };
            lines.Add(line.ToString(depth));
            if (nested is not null)
            {
                Fields(nested, version, flexible, Versions.Common(among, versions), depth + 1, lines);
            }
        }
    }

    private static (string WireType, Type? Nested) WireType(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsArray)
        {
            (string element, Type? nested) = WireType(type.GetElementType()!);
            return ("[]" + element, nested);
        }

        return type switch
        {
            _ when type == typeof(bool) => ("bool", null),
            _ when type == typeof(sbyte) => ("int8", null),
            _ when type == typeof(short) || type == typeof(ErrorCode) => ("int16", null),
            _ when type == typeof(ushort) => ("uint16", null),
            _ when type == typeof(int) => ("int32", null),
            _ when type == typeof(uint) => ("uint32", null),
            _ when type == typeof(long) => ("int64", null),
            _ when type == typeof(double) => ("float64", null),
            _ when type == typeof(string) => ("string", null),
            _ when type == typeof(Guid) => ("uuid", null),
            _ when type == typeof(ReadOnlyMemory<byte>) => ("bytes", null),
            _ when type == typeof(KLog.Protocol.Wire.Records) => ("records", null),
            _ => ("struct", type),
        };
    }

    private static string Default(object? value, Type type) => value switch
    {
        null => "null",
        string s => $"\"{s}\"",
        Array { Length: 0 } => "[]",
        ReadOnlyMemory<byte> { Length: 0 } => "[]",
        Guid id when id == Guid.Empty => "0",
        ErrorCode code => ((short)code).ToString(CultureInfo.InvariantCulture),
        bool b => b ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ when type.IsClass => "new",
        _ => value.ToString()!,
    };
}
