namespace KLog.Protocol.Generator;

/// <summary>
/// The fewest bytes that a value can take in a version: empty strings and arrays, no tagged fields. An array's length
/// that needs more than the frame still holds is a lie.
/// </summary>
internal static class SizeMin
{
    /// <summary>Emits the struct's sizes as a table over the message's versions.</summary>
    public static void Emit(CodeText code, MessageModel message, StructModel model)
    {
        IEnumerable<int> sizes = Enumerable
            .Range(model.Versions.Min, model.Versions.Max - model.Versions.Min + 1)
            .Select(version => Math.Min((int)byte.MaxValue, Math.Max(1, OfStruct(message, model, version))));
        code.Line(model.Versions.Min == 0
            ? "/// <summary>The fewest bytes that one takes, by version.</summary>"
            : $"/// <summary>The fewest bytes that one takes, by version from {model.Versions.Min} on.</summary>");
        code.Line($"internal static ReadOnlySpan<byte> SizeMin => [{string.Join(", ", sizes)}];");
    }

    /// <summary>The C# expression for an array element's smallest size.</summary>
    public static string Expression(MessageModel message, FieldModel array)
    {
        if (array.Struct is { } element)
        {
            return element.Versions.Min == 0 ? $"{element.Path}.SizeMin[version]" : $"{element.Path}.SizeMin[version - {element.Versions.Min}]";
        }

        return OfValue(message, array, message.Versions.Max, compact: true).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static int OfStruct(MessageModel message, StructModel model, int version)
    {
        int size = message.Flexible.Contains(version) ? 1 : 0;
        foreach (FieldModel field in model.Fields)
        {
            if (!field.Versions.Contains(version) || field.Tagged.Contains(version))
            {
                continue;
            }

            bool compact = field.Flexible.Contains(version);
            size += field.IsArray ? (compact ? 1 : 4)
                : field.Nullable.Contains(version) && field.Type == WireType.Struct ? 1
                : OfValue(message, field, version, compact);
        }

        return size;
    }

    private static int OfValue(MessageModel message, FieldModel field, int version, bool compact) => field.Type switch
    {
        WireType.Bool or WireType.Int8 => 1,
        WireType.Int16 or WireType.UInt16 or WireType.ErrorCode => 2,
        WireType.Int32 or WireType.UInt32 => 4,
        WireType.Int64 or WireType.Float64 => 8,
        WireType.Uuid => 16,
        WireType.String => compact ? 1 : 2,
        WireType.Bytes or WireType.Records => compact ? 1 : 4,
        _ => OfStruct(message, field.Struct!, version),
    };
}
