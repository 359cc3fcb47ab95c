namespace KLog.Protocol.Generator;

/// <summary>The C# conditions on <c>version</c> that one struct's reader and writer use, given the versions that reach it.</summary>
internal sealed class VersionConditions(MessageModel message, StructModel model)
{
    private readonly string _flexible = message.Flexible.Condition(model.Versions);

    /// <summary>Declares <c>flexible</c> where it depends on the version.</summary>
    public void EmitFlexible(CodeText code)
    {
        if (FlexibleVaries)
        {
            code.Line($"bool flexible = {_flexible};");
        }
    }

    public bool NeverFlexible => _flexible == "false";

    public bool FlexibleVaries => _flexible is not ("true" or "false");

    /// <summary>Whether the field has its compact form, where the version is within <paramref name="known"/>.</summary>
    public string Compact(FieldModel field, VersionRange known)
    {
        string condition = field.Flexible.Condition(known);
        bool certain = condition is "true" or "false";
        return !certain && field.Flexible == message.Flexible ? "flexible" : condition;
    }

    /// <summary>The versions in which the field stands in its place, tagged or not.</summary>
    public VersionRange Present(FieldModel field) => field.Versions.Intersect(model.Versions);

    public VersionRange Tagged(FieldModel field) => field.Tagged.Intersect(model.Versions);

    /// <summary>The versions in which the field stands among the plain ones. A field is tagged from some version on, if ever.</summary>
    public VersionRange Plain(FieldModel field)
    {
        VersionRange present = Present(field);
        VersionRange tagged = Tagged(field);
        return tagged.IsEmpty ? present : new VersionRange(present.Min, Math.Min(present.Max, tagged.Min - 1));
    }

    /// <summary>The versions in which the struct has a section of tagged fields.</summary>
    public VersionRange Flexible => message.Flexible.Intersect(model.Versions);

    public FieldModel[] TaggedFields() =>
        model.Fields.Where(field => !Tagged(field).IsEmpty).OrderBy(field => field.Tag).ToArray();
}
