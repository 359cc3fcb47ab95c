namespace KLog.Protocol.Generator;

/// <summary>Emits a struct's <c>Read</c>: fields in order, each in the versions that have it, then the tagged ones.</summary>
internal sealed class ReaderEmitter(CodeText code, MessageModel message, StructModel model)
{
    private readonly string _flexible = message.Flexible.Condition(message.Versions);

    public void Emit(string access)
    {
        code.Open($"{access} static {model.Path} Read(ref WireReader reader, short version)");
        if (model == message.Root)
        {
            code.Open("if (!Versions.Contains(version))");
            code.Line($"throw WireReader.UnknownVersion(\"{model.Path}\", version);");
            code.Close();
            code.Line();
        }

        if (UsesFlexible())
        {
            code.Line($"bool flexible = {_flexible};");
        }

        code.Line($"var value = new {model.Path}();");
        foreach (FieldModel field in model.Fields)
        {
            EmitPlainField(field);
        }

        EmitTaggedFields();
        code.Line("return value;");
        code.Close();
    }

    /// <summary>Whether <c>flexible</c> is worth a local: it depends on the version, and something asks for it.</summary>
    private bool UsesFlexible() => _flexible is not ("true" or "false");

    private string Compact(FieldModel field, VersionRange known)
    {
        string condition = field.Flexible.Condition(known);
        return condition == _flexible && UsesFlexible() ? "flexible" : condition;
    }

    private void EmitPlainField(FieldModel field)
    {
        VersionRange known = field.Versions.Intersect(message.Versions);
        if (known.IsEmpty || field.Tagged.Contains(known))
        {
            return;
        }

        string condition = known.Condition(message.Versions);
        if (!field.Tagged.IsEmpty)
        {
            string untagged = $"!({field.Tagged.Condition(message.Versions)})";
            condition = condition == "true" ? untagged : $"{condition} && {untagged}";
        }

        if (condition == "true")
        {
            EmitRead(field, known, message.Versions);
            return;
        }

        code.Open($"if ({condition})");
        EmitRead(field, known, known);
        code.Close();
        code.Line();
    }

    private void EmitRead(FieldModel field, VersionRange versions, VersionRange known)
    {
        string nullable = field.Nullable.Condition(known);
        string compact = Compact(field, field.Flexible.Condition(message.Versions) == _flexible ? message.Versions : known);
        if (field.Flexible.Condition(known) is "true" or "false")
        {
            compact = field.Flexible.Condition(known);
        }

        if (field.IsArray)
        {
            EmitReadArray(field, nullable, compact);
        }
        else if (field.Type == WireType.Struct && nullable == "true")
        {
            code.Line($"value.{field.Name} = reader.ReadIsPresent() ? {Element(field, compact)} : null;");
        }
        else if (field.Type == WireType.Struct && nullable != "false")
        {
            code.Line($"value.{field.Name} = !({nullable}) || reader.ReadIsPresent() ? {Element(field, compact)} : null;");
        }
        else if (field.Type is WireType.String or WireType.Bytes or WireType.Records && nullable != "false")
        {
            string maybe = $"reader.ReadNullable{field.Type}({compact})";
            code.Line(nullable == "true"
                ? $"value.{field.Name} = {maybe};"
                : $"value.{field.Name} = {nullable} ? {maybe} : {Element(field, compact)};");
        }
        else
        {
            code.Line($"value.{field.Name} = {Element(field, compact)};");
        }
    }

    private void EmitReadArray(FieldModel field, string nullable, string compact)
    {
        code.Open("");
        code.Line($"int length = reader.ReadArrayLength({compact}, {SizeMin.Expression(message, field)});");
        if (nullable == "true")
        {
            code.Open("if (length < 0)");
            code.Line($"value.{field.Name} = null;");
            code.Close();
            code.Open("else");
        }
        else
        {
            code.Open(nullable == "false" ? "if (length < 0)" : $"if (length < 0 && !({nullable}))");
            code.Line($"throw WireReader.NullField(\"{model.Path}.{field.Name}\", version);");
            code.Close();
            code.Line();
            if (nullable != "false")
            {
                code.Open("if (length < 0)");
                code.Line($"value.{field.Name} = null;");
                code.Close();
                code.Open("else");
            }
        }

        code.Line($"{field.TypeName}[] items = WireReader.NewArray<{field.TypeName}>(length);");
        code.Open("for (int i = 0; i < length; i++)");
        code.Open("if (i == items.Length)");
        code.Line("WireReader.Grow(ref items, length);");
        code.Close();
        code.Line();
        code.Line($"items[i] = {Element(field, compact)};");
        code.Close();
        code.Line();
        code.Line($"value.{field.Name} = items;");
        if (nullable != "false")
        {
            code.Close();
        }

        code.Close();
        code.Line();
    }

    private static string Element(FieldModel field, string compact) => field.Type switch
    {
        WireType.Struct => $"{field.TypeName}.Read(ref reader, version)",
        WireType.String or WireType.Bytes or WireType.Records => $"reader.Read{field.Type}({compact})",
        WireType.ErrorCode => "(global::KLog.Protocol.ErrorCode)reader.ReadInt16()",
        _ => $"reader.Read{field.Type}()",
    };

    private void EmitTaggedFields()
    {
        if (_flexible == "false")
        {
            return;
        }

        if (UsesFlexible())
        {
            code.Line();
            code.Open("if (flexible)");
        }

        FieldModel[] tagged = model.Fields.Where(f => !f.Tagged.Intersect(message.Versions).IsEmpty).OrderBy(f => f.Tag).ToArray();
        if (tagged.Length == 0)
        {
            code.Line("reader.SkipTaggedFields();");
        }
        else
        {
            EmitTagLoop(tagged);
        }

        if (UsesFlexible())
        {
            code.Close();
            code.Line();
        }
    }

    private void EmitTagLoop(FieldModel[] tagged)
    {
        VersionRange flexible = message.Flexible.Intersect(message.Versions);
        code.Line("uint fields = reader.ReadUnsignedVarint();");
        code.Open("for (uint field = 0; field < fields; field++)");
        code.Line("uint tag = reader.ReadUnsignedVarint();");
        code.Line("int end = reader.ReadTaggedFieldEnd();");
        code.Open("switch (tag)");
        foreach (FieldModel field in tagged)
        {
            string condition = field.Tagged.Condition(flexible);
            code.Line(condition == "true" ? $"case {field.Tag}:" : $"case {field.Tag} when {condition}:");
            code.Open("");
            EmitRead(field, field.Tagged.Intersect(message.Versions), field.Tagged.Intersect(message.Versions));
            code.Line("break;");
            code.Close();
        }

        code.Line("default:");
        code.Open("");
        code.Line("reader.SkipTo(end);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Line();
        code.Line("reader.EndTaggedField(tag, end);");
        code.Close();
    }
}
