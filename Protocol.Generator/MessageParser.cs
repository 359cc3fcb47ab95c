using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KLog.Protocol.Generator;

/// <summary>Reads a message class's attributes, property types and initial values into a <see cref="MessageModel"/>.</summary>
internal sealed class MessageParser
{
    public const string MessageAttribute = "KLog.Protocol.Wire.MessageAttribute";
    private const string FieldAttribute = "KLog.Protocol.Wire.FieldAttribute";

    private readonly Dictionary<ISymbol, StructModel> _structs = new(SymbolEqualityComparer.Default);
    private readonly List<(FieldModel Field, ISymbol Property, ITypeSymbol Type)> _structFields = [];
    private readonly CancellationToken _cancellation;
    private VersionRange _flexible;

    private MessageParser(CancellationToken cancellation) => _cancellation = cancellation;

    /// <exception cref="ProblemException">An attribute is wrong.</exception>
    public static MessageModel Parse(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellation)
    {
        var parser = new MessageParser(cancellation);
        VersionRange versions = Versions(type, (string)attribute.ConstructorArguments.Last().Value!);
        if (versions.IsEmpty || versions.Max == short.MaxValue)
        {
            throw Wrong(type, Problems.OpenVersions, type.Name);
        }

        parser._flexible = NamedVersions(type, attribute, "Flexible");
        StructModel root = parser.ParseStruct(type, type.Name);
        parser.ResolveStructs();
        parser.Reach(root, versions, 0);
        return new MessageModel
        {
            Namespace = type.ContainingNamespace.ToDisplayString(),
            ApiKey = attribute.ConstructorArguments.Length > 1 ? EnumMember(attribute.ConstructorArguments[0]) : null,
            Versions = versions,
            Flexible = parser._flexible,
            Root = root,
        };
    }

    private StructModel ParseStruct(INamedTypeSymbol type, string path)
    {
        _cancellation.ThrowIfCancellationRequested();
        var model = new StructModel { Name = type.Name, Path = path };
        _structs.Add(type, model);
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IPropertySymbol property && Attribute(property, FieldAttribute) is { } attribute)
            {
                model.Fields.Add(ParseField(property, attribute));
            }
            else if (member is INamedTypeSymbol nested && HasFields(nested))
            {
                model.Nested.Add(ParseStruct(nested, $"{path}.{nested.Name}"));
            }
        }

        foreach (IGrouping<int, FieldModel> tag in model.Fields.Where(f => f.Tag >= 0).GroupBy(f => f.Tag))
        {
            if (tag.Count() > 1)
            {
                throw Wrong(type.GetMembers(tag.Last().Name)[0], Problems.BadTag, tag.Last().Name, $"tag {tag.Key} is taken by '{tag.First().Name}'");
            }
        }

        return model;
    }

    private static bool HasFields(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class
        && type.GetMembers().Any(m => m is IPropertySymbol && Attribute(m, FieldAttribute) is not null);

    private FieldModel ParseField(IPropertySymbol property, AttributeData attribute)
    {
        var field = new FieldModel
        {
            Name = property.Name,
            Versions = Versions(property, (string)attribute.ConstructorArguments[0].Value!),
            Nullable = NamedVersions(property, attribute, "Nullable"),
            Tagged = NamedVersions(property, attribute, "Tagged"),
            Tag = Named(attribute, "Tag") is { } tag ? (int)tag.Value! : -1,
            Ignorable = Named(attribute, "Ignorable")?.Value is true,
            Flexible = Named(attribute, "Flexible") is { } own ? Versions(property, (string)own.Value!) : _flexible,
        };
        SetType(field, property);
        CheckTag(field, property);
        CheckNull(field, property);
        SetDefault(field, property);
        return field;
    }

    private static void CheckTag(FieldModel field, IPropertySymbol property)
    {
        if ((field.Tag < 0) != field.Tagged.IsEmpty)
        {
            throw Wrong(property, Problems.BadTag, field.Name, "a tag and its versions come together");
        }

        if (!field.Versions.Contains(field.Tagged) || !field.Flexible.Contains(field.Tagged))
        {
            throw Wrong(property, Problems.BadTag, field.Name, "it is tagged in versions that do not have it, or are not flexible");
        }

        if (field is { Tag: >= 0, Type: WireType.Records })
        {
            throw Wrong(property, Problems.BadTag, field.Name, "records cannot be tagged");
        }
    }

    private static void CheckNull(FieldModel field, IPropertySymbol property)
    {
        if (!field.Nullable.IsEmpty && !field.CanBeNull)
        {
            throw Wrong(property, Problems.BadNull, field.Name, "is nullable on the wire, but its type is not");
        }

        if (field.Nullable.Intersect(field.Versions).IsEmpty && field.CanBeNull)
        {
            throw Wrong(property, Problems.BadNull, field.Name, "has a nullable type, but no version sends null");
        }
    }

    private void SetType(FieldModel field, IPropertySymbol property)
    {
        ITypeSymbol type = property.Type;
        field.CanBeNull = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        if (type is IArrayTypeSymbol { Rank: 1 } array)
        {
            field.IsArray = true;
            type = array.ElementType;
        }

        field.TypeName = type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        if (WireTypeOf(type) is not { } wireType || (field.IsArray && type.NullableAnnotation == NullableAnnotation.Annotated))
        {
            throw Wrong(property, Problems.UnsupportedType, field.Name, property.Type.ToDisplayString());
        }

        field.Type = wireType;
        if (wireType == WireType.Struct)
        {
            _structFields.Add((field, property, type.WithNullableAnnotation(NullableAnnotation.None)));
        }
        else if (field.CanBeNull && !field.IsArray && wireType < WireType.String)
        {
            throw Wrong(property, Problems.UnsupportedType, field.Name, property.Type.ToDisplayString());
        }
    }

    private static WireType? WireTypeOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => WireType.Bool,
        SpecialType.System_SByte => WireType.Int8,
        SpecialType.System_Int16 => WireType.Int16,
        SpecialType.System_UInt16 => WireType.UInt16,
        SpecialType.System_Int32 => WireType.Int32,
        SpecialType.System_UInt32 => WireType.UInt32,
        SpecialType.System_Int64 => WireType.Int64,
        SpecialType.System_Double => WireType.Float64,
        SpecialType.System_String => WireType.String,
        SpecialType.None => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes)) switch
        {
            "global::System.Guid" => WireType.Uuid,
            "global::KLog.Protocol.ErrorCode" => WireType.ErrorCode,
            "global::System.ReadOnlyMemory<byte>" => WireType.Bytes,
            "global::KLog.Protocol.Wire.Records" => WireType.Records,
            _ => type is INamedTypeSymbol { TypeKind: TypeKind.Class } named && HasFields(named) ? WireType.Struct : null,
        },
        _ => null,
    };

    /// <summary>A struct may be used before it is declared, so the fields find theirs at the end.</summary>
    private void ResolveStructs()
    {
        foreach ((FieldModel field, ISymbol property, ITypeSymbol type) in _structFields)
        {
            if (!_structs.TryGetValue(type, out StructModel? model))
            {
                throw Wrong(property, Problems.UnsupportedType, field.Name, type.ToDisplayString());
            }

            field.Struct = model;
            field.TypeName = model.Path;
            model.NeedsSizeMin |= field.IsArray;
        }
    }

    /// <summary>Follows the fields from the message down, and notes which versions come to each struct.</summary>
    private void Reach(StructModel model, VersionRange versions, int depth)
    {
        if (depth > _structs.Count)
        {
            throw Wrong(_structs.First(pair => pair.Value == model).Key, Problems.UnsupportedType, model.Name, "a struct within itself");
        }

        model.Versions = model.Versions.IsEmpty
            ? versions
            : new VersionRange(Math.Min(model.Versions.Min, versions.Min), Math.Max(model.Versions.Max, versions.Max));
        foreach (FieldModel field in model.Fields)
        {
            VersionRange present = field.Versions.Intersect(versions);
            if (field.Struct is { } inner && !present.IsEmpty)
            {
                Reach(inner, present, depth + 1);
            }
        }
    }

    private void SetDefault(FieldModel field, IPropertySymbol property)
    {
        var syntax = property.DeclaringSyntaxReferences[0].GetSyntax(_cancellation) as PropertyDeclarationSyntax;
        ExpressionSyntax? value = syntax?.Initializer?.Value;
        bool canBeEmpty = field.IsArray || field.Type is WireType.String or WireType.Bytes or WireType.Records;
        if (value is null)
        {
            field.Default = field.CanBeNull ? DefaultKind.Null : canBeEmpty ? DefaultKind.Empty : DefaultKind.Constant;
            field.DefaultLiteral = Literal(field, null);
            if (!field.CanBeNull && (field.IsArray || field.Type is WireType.String or WireType.Struct))
            {
                throw Wrong(property, Problems.BadDefault, field.Name);
            }

            return;
        }

        if (value.IsKind(SyntaxKind.NullLiteralExpression))
        {
            field.Default = DefaultKind.Null;
        }
        else if (value is LiteralExpressionSyntax { Token.Value: "" } or CollectionExpressionSyntax { Elements.Count: 0 }
            || (field.Type is WireType.Bytes or WireType.Records && value is MemberAccessExpressionSyntax { Name.Identifier.Text: "Empty" }))
        {
            field.Default = DefaultKind.Empty;
        }
        else if (field is { Type: WireType.Struct, IsArray: false } && value is ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0, Initializer: null })
        {
            field.Default = DefaultKind.NewStruct;
        }
        else if (!canBeEmpty && ConstantOf(property, value) is { } constant)
        {
            field.Default = DefaultKind.Constant;
            field.DefaultLiteral = Literal(field, constant);
        }
        else
        {
            throw Wrong(property, Problems.BadDefault, field.Name);
        }
    }

    /// <summary>The constants that initial values use: literals, their negatives, and the ends of the integers' ranges.</summary>
    private static object? ConstantOf(IPropertySymbol property, ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax literal => literal.Token.Value,
        PrefixUnaryExpressionSyntax { OperatorToken.Text: "-", Operand: LiteralExpressionSyntax literal } => "-" + literal.Token.Text,
        MemberAccessExpressionSyntax { Expression: PredefinedTypeSyntax, Name.Identifier.Text: "MaxValue" or "MinValue" } => value.ToString(),
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "ErrorCode" } } => "global::" + property.Type.ToDisplayString() + value.ToString().Substring("ErrorCode".Length),
        _ => null,
    };

    private static string Literal(FieldModel field, object? constant) => constant switch
    {
        null => field.Type switch
        {
            WireType.Bool => "false",
            WireType.Uuid => "default",
            WireType.ErrorCode => "default",
            _ => "0",
        },
        bool b => b ? "true" : "false",
        _ => Convert.ToString(constant, CultureInfo.InvariantCulture),
    };

    private static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == name);

    private static TypedConstant? Named(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && !argument.Value.IsNull)
            {
                return argument.Value;
            }
        }

        return null;
    }

    private static VersionRange NamedVersions(ISymbol symbol, AttributeData attribute, string name) =>
        Named(attribute, name) is { } text ? Versions(symbol, (string)text.Value!) : VersionRange.None;

    private static VersionRange Versions(ISymbol symbol, string text) =>
        VersionRange.TryParse(text, out VersionRange range) ? range : throw Wrong(symbol, Problems.BadVersions, text);

    private static string EnumMember(TypedConstant constant) =>
        constant.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => Equals(f.ConstantValue, constant.Value))?.Name ?? "";

    private static ProblemException Wrong(ISymbol symbol, DiagnosticDescriptor descriptor, string first, string second = "") =>
        new(Problem.At(symbol, descriptor, first, second));
}
