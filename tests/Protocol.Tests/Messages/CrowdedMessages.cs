using System.Reflection;
using KLog.Protocol.Tests.Definitions;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Messages;

/// <summary>
/// Messages that hold as many objects in as few bytes as can be: for each array anywhere in a message, one message in
/// which it has very many elements, each as small as it can be.
/// </summary>
internal static class CrowdedMessages
{
    public static IEnumerable<object> Of(Type type, short version, int elements)
    {
        foreach ((PropertyInfo property, FieldAttribute field) in MessageTypes.Fields(type))
        {
            if (!Versions.Parse(field.Versions).Contains(version))
            {
                continue;
            }

            if (property.PropertyType.IsArray)
            {
                Type element = property.PropertyType.GetElementType()!;
                yield return With(type, version, property, Enumerable.Repeat(Smallest(element, version), elements).ToArray());
                if (IsStruct(element))
                {
                    foreach (object crowded in Of(element, version, elements))
                    {
                        yield return With(type, version, property, [crowded]);
                    }
                }
            }
            else if (IsStruct(property.PropertyType))
            {
                foreach (object crowded in Of(property.PropertyType, version, elements))
                {
                    object holder = Smallest(type, version);
                    property.SetValue(holder, crowded);
                    yield return holder;
                }
            }
        }
    }

    private static object With(Type type, short version, PropertyInfo property, object[] elements)
    {
        var array = Array.CreateInstance(property.PropertyType.GetElementType()!, elements.Length);
        elements.CopyTo(array, 0);
        object holder = Smallest(type, version);
        property.SetValue(holder, array);
        return holder;
    }

    /// <summary>An object whose values take the fewest bytes: new, with nothing null that must not be.</summary>
    private static object Smallest(Type type, short version)
    {
        if (type == typeof(string))
        {
            return "";
        }

        object made = Activator.CreateInstance(type)!;
        if (IsStruct(type))
        {
            foreach ((PropertyInfo property, FieldAttribute field) in MessageTypes.Fields(type))
            {
                bool mustBeSet = property.GetValue(made) is null && Versions.Parse(field.Versions).Contains(version) && !Versions.Parse(field.Nullable).Contains(version);
                if (mustBeSet)
                {
                    property.SetValue(made, property.PropertyType == typeof(string) ? "" : Array.CreateInstance(property.PropertyType.GetElementType()!, 0));
                }
            }
        }

        return made;
    }

    private static bool IsStruct(Type type) => type.IsClass && type != typeof(string) && !type.IsArray;
}
