namespace KLog.Protocol.Generator;

/// <summary>Emits a struct's <c>Read</c>: fields in order, each in the versions that have it, then the tagged ones.</summary>
internal sealed class ReaderEmitter(CodeText code, MessageModel message, StructModel model)
{
    private readonly VersionConditions _conditions = new(message, model);

    public void Emit(string access)
    {
        code.Open($"{access} static {model.Path} Read(ref WireReader reader, short version)");
        if (model == message.Root)
        {
            code.Open("if (!Versions.Contains(version))");
            code.Line($"throw WireReader.UnknownVersion(\"{model.Path}\", version);");
            code.Close();
        }

        _conditions.EmitFlexible(code);
        code.Line($"var value = new {model.Path}();");
        EmitPlainFields();
        EmitTaggedFields();
        code.Gap();
        code.Line("return value;");
        code.Close();
    }

    /// <summary>Fields in a row that the same versions have share one condition.</summary>
    private void EmitPlainFields()
    {
        for (int first = 0; first < model.Fields.Count;)
        {
            VersionRange known = _conditions.Plain(model.Fields[first]);
            string condition = known.Condition(model.Versions);
            int end = first + 1;
            while (end < model.Fields.Count && _conditions.Plain(model.Fields[end]).Condition(model.Versions) == condition)
            {
                end++;
            }

            bool isBlock = condition is not ("true" or "false");
            if (isBlock)
            {
                code.Gap();
                code.Open($"if ({condition})");
            }

            for (int i = first; i < end && condition != "false"; i++)
            {
                EmitRead(model.Fields[i], known, isBlock && end - first == 1);
            }

            if (isBlock)
            {
                code.Close();
            }

            first = end;
        }
    }

    /// <param name="alone">Whether the field has a block of its own already.</param>
    private void EmitRead(FieldModel field, VersionRange known, bool alone)
    {
        string nullable = field.Nullable.Condition(known);
        string compact = _conditions.Compact(field, known);
        string value = Element(field, compact);
        if (field.IsArray)
        {
            EmitReadArray(field, nullable, compact, alone);
            return;
        }

        if (nullable != "false" && field.Type == WireType.Struct && !field.Tagged.IsEmpty)
        {
            // The marker before a nullable struct is another one where the struct is tagged.
            value = $"reader.ReadUnsignedVarint() > 0 ? {value} : null";
        }
        else if (nullable != "false")
        {
            value = (field.Type == WireType.Struct, nullable == "true") switch
            {
                (true, true) => $"reader.ReadIsPresent() ? {value} : null",
                (true, false) => $"!({nullable}) || reader.ReadIsPresent() ? {value} : null",
                (false, true) => $"reader.ReadNullable{field.Type}({compact})",
                (false, false) => $"{nullable} ? reader.ReadNullable{field.Type}({compact}) : {value}",
            };
        }

        code.Line($"value.{field.Name} = {value};");
    }

    private void EmitReadArray(FieldModel field, string nullable, string compact, bool alone)
    {
        if (!alone)
        {
            code.Gap();
            code.OpenBlock();
        }

        code.Line($"int length = reader.ReadArrayLength({compact}, {SizeMin.Expression(message, field)});");
        if (nullable != "true")
        {
            code.Open(nullable == "false" ? "if (length < 0)" : $"if (length < 0 && !({nullable}))");
            code.Line($"throw WireReader.NullField(\"{model.Path}.{field.Name}\", version);");
            code.Close();
        }

        string type = field.TypeName;
        bool canBeNull = nullable != "false";
        code.Line(canBeNull
            ? $"{type}[]? items = length < 0 ? null : WireReader.NewArray<{type}>(length);"
            : $"{type}[] items = WireReader.NewArray<{type}>(length);");
        code.Open("for (int i = 0; i < length; i++)");
        code.Open(canBeNull ? "if (i == items!.Length)" : "if (i == items.Length)");
        code.Line("WireReader.Grow(ref items, length);");
        code.Close();
        code.Line($"items[i] = {Element(field, compact)};");
        code.Close();
        code.Line($"value.{field.Name} = items;");
        if (!alone)
        {
            code.Close();
        }
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
            code.Line("reader.SkipTaggedFields();");
        }
        else
        {
            EmitTagLoop(tagged);
        }

        if (_conditions.FlexibleVaries)
        {
            code.Close();
        }
    }

    private void EmitTagLoop(FieldModel[] tagged)
    {
        code.Line("uint fields = reader.ReadUnsignedVarint();");
        code.Open("for (uint field = 0; field < fields; field++)");
        code.Line("uint tag = reader.ReadUnsignedVarint();");
        code.Line("int end = reader.ReadTaggedFieldEnd();");
        code.Open("switch (tag)");
        foreach (FieldModel field in tagged)
        {
            VersionRange known = _conditions.Tagged(field);
            string condition = known.Condition(_conditions.Flexible);
            code.Open(condition == "true" ? $"case {field.Tag}:" : $"case {field.Tag} when {condition}:");
            EmitRead(field, known, alone: true);
            code.Line("break;");
            code.Close();
        }

        code.Open("default:");
        code.Line("reader.SkipTo(end);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Line("reader.EndTaggedField(tag, end);");
        code.Close();
    }
}
