namespace KLog.Protocol.Generator;

/// <summary>
/// Emits a struct's <c>Write</c>: fields in order, each in the versions that have it, refusing what the version cannot
/// carry; then the tagged ones that were set, by ascending tag.
/// </summary>
internal sealed class WriterEmitter(CodeText code, MessageModel message, StructModel model)
{
    private readonly VersionConditions _conditions = new(message, model);

    public void Emit(string access)
    {
        code.Open($"{access} void Write(WireWriter writer, short version)");
        if (model == message.Root)
        {
            code.Open("if (!Versions.Contains(version))");
            code.Line($"throw WireWriter.UnknownVersion(\"{model.Path}\", version);");
            code.Close();
        }

        _conditions.EmitFlexible(code);
        foreach (FieldModel field in model.Fields)
        {
            EmitPlainField(field);
            EmitAbsenceCheck(field);
        }

        EmitTaggedFields();
        code.Close();
    }

    private void EmitPlainField(FieldModel field)
    {
        VersionRange known = _conditions.Plain(field);
        switch (known.Condition(model.Versions))
        {
            case "false":
                break;
            case "true":
                EmitWrite(field, known, alone: false);
                break;
            case { } condition:
                code.Gap();
                code.Open($"if ({condition})");
                EmitWrite(field, known, alone: true);
                code.Close();
                break;
        }
    }

    /// <summary>A value that the version cannot carry, and that matters, is the caller's mistake.</summary>
    private void EmitAbsenceCheck(FieldModel field)
    {
        string absent = _conditions.Present(field).NotCondition(model.Versions);
        if (field.Ignorable || absent == "false")
        {
            return;
        }

        code.Gap();
        code.Open($"if ({And(absent, DefaultChecks.NotDefault(field))})");
        code.Line($"throw WireWriter.UnsupportedField(\"{model.Path}.{field.Name}\", version);");
        code.Close();
    }

    private string NullThrow(FieldModel field) => $"throw WireWriter.NullField(\"{model.Path}.{field.Name}\", version)";

    private static string And(string versions, string check) => versions == "true" ? check : $"{versions} && {check}";

    /// <param name="alone">Whether the field has a block of its own already.</param>
    private void EmitWrite(FieldModel field, VersionRange known, bool alone)
    {
        string nullable = field.Nullable.Condition(known);
        string compact = _conditions.Compact(field, known);
        if (nullable is not ("true" or "false"))
        {
            code.Open($"if ({field.Name} is null && {field.Nullable.NotCondition(known)})");
            code.Line(NullThrow(field) + ";");
            code.Close();
        }

        bool mustNotBeNull = nullable == "false"
            && (field.CanBeNull || field.IsArray || field.Type is WireType.String or WireType.Struct);
        string value = mustNotBeNull
            ? $"{field.Name} ?? {NullThrow(field)}"
            : field.Name;
        if (field.IsArray)
        {
            EmitWriteArray(field, value, nullable, compact, alone);
        }
        else if (field.Type == WireType.Struct)
        {
            EmitWriteStruct(field, value, nullable);
        }
        else
        {
            code.Line(Element(field, value, compact));
        }
    }

    private void EmitWriteStruct(FieldModel field, string value, string nullable)
    {
        if (nullable == "false")
        {
            code.Line($"({value}).Write(writer, version);");
            return;
        }

        if (!field.Tagged.IsEmpty)
        {
            code.Line($"writer.WriteUnsignedVarint({field.Name} is null ? 0u : 1u);");
        }
        else if (nullable == "true")
        {
            code.Line($"writer.WriteIsPresent({field.Name} is not null);");
        }
        else
        {
            code.Open($"if ({nullable})");
            code.Line($"writer.WriteIsPresent({field.Name} is not null);");
            code.Close();
        }

        code.Line($"{field.Name}?.Write(writer, version);");
    }

    private void EmitWriteArray(FieldModel field, string value, string nullable, string compact, bool alone)
    {
        if (!alone)
        {
            code.Gap();
            code.OpenBlock();
        }

        code.Line(nullable == "false"
            ? $"{field.TypeName}[] items = {value};"
            : $"{field.TypeName}[] items = {field.Name} ?? [];");
        string length = nullable == "false" ? "items.Length" : $"{field.Name}?.Length ?? -1";
        code.Line($"writer.WriteArrayLength({length}, {compact});");
        code.Open($"foreach ({field.TypeName} item in items)");
        string item = field.Type is WireType.Struct or WireType.String ? $"item ?? {NullThrow(field)}" : "item";
        code.Line(field.Type == WireType.Struct ? $"({item}).Write(writer, version);" : Element(field, item, compact));
        code.Close();
        if (!alone)
        {
            code.Close();
        }
    }

    private static string Element(FieldModel field, string value, string compact) => field.Type switch
    {
        WireType.String or WireType.Bytes or WireType.Records => $"writer.Write{field.Type}({value}, {compact});",
        WireType.ErrorCode => $"writer.WriteInt16((short){value});",
        _ => $"writer.Write{field.Type}({value});",
    };

    private void EmitTaggedFields()
    {
        if (_conditions.NeverFlexible)
        {
            return;
        }

        if (_conditions.FlexibleVaries)
        {
            code.Gap();
            code.Open("if (flexible)");
        }

        FieldModel[] tagged = _conditions.TaggedFields();
        if (tagged.Length == 0)
        {
            code.Line("writer.WriteUnsignedVarint(0);");
        }
        else
        {
            EmitSetFields(tagged);
        }

        if (_conditions.FlexibleVaries)
        {
            code.Close();
        }
    }

    private void EmitSetFields(FieldModel[] tagged)
    {
        string[] isSet = tagged
            .Select(field => And(_conditions.Tagged(field).Condition(_conditions.Flexible), DefaultChecks.NotDefault(field)))
            .ToArray();
        code.Line("uint fields = 0;");
        foreach (string set in isSet)
        {
            code.Open($"if ({set})");
            code.Line("fields++;");
            code.Close();
        }

        code.Line("writer.WriteUnsignedVarint(fields);");
        for (int i = 0; i < tagged.Length; i++)
        {
            code.Open($"if ({isSet[i]})");
            code.Line($"writer.WriteUnsignedVarint({tagged[i].Tag});");
            code.Line("int start = writer.BeginTaggedField();");
            EmitWrite(tagged[i], _conditions.Tagged(tagged[i]), alone: true);
            code.Line("writer.EndTaggedField(start);");
            code.Close();
        }
    }
}
