namespace KLog.Protocol.Generator;

/// <summary>Conditions that a property holds, or does not hold, its default.</summary>
internal static class DefaultChecks
{
    /// <summary>
    /// The C# condition that the property is not what a new object's is. Null that must not be is no default either:
    /// so it is found when it is written.
    /// </summary>
    public static string NotDefault(FieldModel field)
    {
        string name = field.Name;
        if (field.Default == DefaultKind.Null)
        {
            return $"{name} is not null";
        }

        if (field.Default == DefaultKind.NewStruct)
        {
            return $"{name}?.IsDefault() != true";
        }

        if (field.Default == DefaultKind.Constant)
        {
            return field.DefaultLiteral switch
            {
                "true" => $"!{name}",
                "false" => name,
                _ => $"{name} != {field.DefaultLiteral}",
            };
        }

        bool isValue = !field.IsArray && field.Type != WireType.String && !field.CanBeNull;
        return isValue ? $"{name}.Length != 0" : $"{name} is not {{ Length: 0 }}";
    }

    /// <summary>Emits the method that tells if a struct holds nothing but defaults.</summary>
    public static void EmitIsDefault(CodeText code, StructModel model)
    {
        code.Line("/// <summary>Whether nothing was set: such a tagged field is not sent.</summary>");
        code.Open("internal bool IsDefault()");
        foreach (FieldModel field in model.Fields)
        {
            code.Open($"if ({NotDefault(field)})");
            code.Line("return false;");
            code.Close();
        }

        code.Line("return true;");
        code.Close();
    }
}
