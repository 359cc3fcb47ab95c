namespace KLog.Protocol.Generator;

/// <summary>
/// Emits a struct's <c>Write</c>: fields in order, each in the versions that have it, refusing what the version cannot
/// carry; then the tagged ones that were set, by ascending tag.
/// </summary>
internal sealed class WriterEmitter(CodeText code, MessageModel message, StructModel model)
{
    private readonly string _flexible = message.Flexible.Condition(message.Versions);

    public void Emit(string access)
    {
        code.Open($"{access} void Write(WireWriter writer, short version)");
        if (model == message.Root)
        {
            code.Open("if (!Versions.Contains(version))");
            code.Line($"throw WireWriter.UnknownVersion(\"{model.Path}\", version);");
            code.Close();
            code.Line();
        }

        if (UsesFlexible())
        {
            code.Line($"bool flexible = {_flexible};");
        }

        foreach (FieldModel field in model.Fields)
        {
            EmitPlainField(field);
        }

        EmitTaggedFields();
        code.Close();
    }

    private bool UsesFlexible() => _flexible is not ("true" or "false");

    /// <summary>Writes the field where it belongs into the plain part, and checks that it is unset where it does not exist.</summary>
    private void EmitPlainField(FieldModel field)
    {
        VersionRange known = field.Versions.Intersect(message.Versions);
        string exists = known.Condition(message.Versions);
        bool plain = !known.IsEmpty && !field.Tagged.Contains(known);
        if (plain && exists == "true" && field.Tagged.IsEmpty)
        {
            EmitWrite(field, message.Versions);
            return;
        }

        if (plain)
        {
            string untagged = field.Tagged.IsEmpty ? "" : $" && !({field.Tagged.Condition(message.Versions)})";
            code.Open($"if ({exists}{untagged})");
            EmitWrite(field, known);
            code.Close();
        }

        if (!field.Ignorable && exists != "true")
        {
            string missing = exists == "false" ? "" : $"!({exists}) && ";
            string check = DefaultChecks.NotDefault(field);
            check = missing.Length > 0 && check.Contains("||") ? $"({check})" : check;
            code.Open($"{(plain && field.Tagged.IsEmpty ? "else if" : "if")} ({(plain && field.Tagged.IsEmpty ? "" : missing)}{check})");
            code.Line($"throw WireWriter.UnsupportedField(\"{model.Path}.{field.Name}\", version);");
            code.Close();
        }

        code.Line();
    }

    private string Compact(FieldModel field, VersionRange known)
    {
        string condition = field.Flexible.Condition(known);
        return condition is "true" or "false" ? condition
            : field.Flexible.Condition(message.Versions) == _flexible ? "flexible"
            : condition;
    }

    private void EmitWrite(FieldModel field, VersionRange known)
    {
        string nullable = field.Nullable.Condition(known);
        string compact = Compact(field, known);
        string name = field.Name;
        if (nullable is not ("true" or "false"))
        {
            code.Open($"if ({name} is null && !({nullable}))");
            code.Line($"throw WireWriter.NullField(\"{model.Path}.{name}\", version);");
            code.Close();
            code.Line();
        }

        string notNull = nullable == "false" && (field.CanBeNull || field.IsArray || field.Type is WireType.String or WireType.Struct)
            ? $"({name} ?? throw WireWriter.NullField(\"{model.Path}.{name}\", version))"
            : name;
        if (field.IsArray)
        {
            EmitWriteArray(field, notNull, nullable, compact);
        }
        else if (field.Type == WireType.Struct)
        {
            EmitWriteStruct(field, notNull, nullable);
        }
        else if (notNull != name)
        {
            code.Line(Element(field, notNull.Substring(1, notNull.Length - 2), compact));
        }
        else
        {
            code.Line(Element(field, name, compact));
        }
    }

    private void EmitWriteStruct(FieldModel field, string notNull, string nullable)
    {
        if (nullable == "false")
        {
            code.Line($"{notNull}.Write(writer, version);");
            return;
        }

        if (nullable == "true")
        {
            code.Line($"writer.WriteIsPresent({field.Name} is not null);");
        }
        else
        {
            code.Open($"if ({nullable})");
            code.Line($"writer.WriteIsPresent({field.Name} is not null);");
            code.Close();
            code.Line();
        }

        code.Line($"{field.Name}?.Write(writer, version);");
    }

    private void EmitWriteArray(FieldModel field, string notNull, string nullable, string compact)
    {
        code.Open("");
        if (nullable == "false")
        {
            code.Line($"{field.TypeName}[] items = {notNull.Substring(1, notNull.Length - 2)};");
        }
        else
        {
            code.Line($"{field.TypeName}[] items = {field.Name} ?? [];");
        }

        string length = nullable == "false" ? "items.Length" : $"{field.Name}?.Length ?? -1";
        code.Line($"writer.WriteArrayLength({length}, {compact});");
        code.Open($"foreach ({field.TypeName} item in items)");
        code.Line(field.Type == WireType.Struct ? "item.Write(writer, version);" : Element(field, "item", compact));
        code.Close();
        code.Close();
        code.Line();
    }

    private static string Element(FieldModel field, string value, string compact) => field.Type switch
    {
        WireType.String or WireType.Bytes or WireType.Records => $"writer.Write{field.Type}({value}, {compact});",
        WireType.ErrorCode => $"writer.WriteInt16((short){value});",
        _ => $"writer.Write{field.Type}({value});",
    };

    private void EmitTaggedFields()
    {
        if (_flexible == "false")
        {
            return;
        }

        if (UsesFlexible())
        {
            code.Open("if (flexible)");
        }

        FieldModel[] tagged = model.Fields.Where(f => !f.Tagged.Intersect(message.Versions).IsEmpty).OrderBy(f => f.Tag).ToArray();
        if (tagged.Length == 0)
        {
            code.Line("writer.WriteUnsignedVarint(0);");
        }
        else
        {
            EmitSetFields(tagged);
        }

        if (UsesFlexible())
        {
            code.Close();
        }
    }

    private void EmitSetFields(FieldModel[] tagged)
    {
        VersionRange flexible = message.Flexible.Intersect(message.Versions);
        string[] isSent = tagged.Select(field =>
        {
            string condition = field.Tagged.Condition(flexible);
            string check = DefaultChecks.NotDefault(field);
            return condition == "true" ? check : check.Contains("||") ? $"{condition} && ({check})" : $"{condition} && {check}";
        }).ToArray();
        code.Line("uint fields = 0;");
        foreach (string sent in isSent)
        {
            code.Open($"if ({sent})");
            code.Line("fields++;");
            code.Close();
            code.Line();
        }

        code.Line("writer.WriteUnsignedVarint(fields);");
        for (int i = 0; i < tagged.Length; i++)
        {
            code.Open($"if ({isSent[i]})");
            code.Line($"writer.WriteUnsignedVarint({tagged[i].Tag});");
            code.Line("int start = writer.BeginTaggedField();");
            EmitWrite(tagged[i], tagged[i].Tagged.Intersect(message.Versions));
            code.Line("writer.EndTaggedField(start);");
            code.Close();
            if (i < tagged.Length - 1)
            {
                code.Line();
            }
        }
    }
}
