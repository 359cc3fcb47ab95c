using System.Reflection;
using System.Text;
using KLog.Protocol.Tests.Definitions;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Messages;

/// <summary>Makes messages of random values, with exactly the fields that a version has.</summary>
internal sealed class MessageFiller(Random random, short version, int elementsMax = 3)
{
    private static readonly string[] Odd = ["ä", "ß", "日本", "😀", "\0", "\u00ff", "ﬀ"];

    public object Make(Type type)
    {
        object made = Activator.CreateInstance(type)!;
        foreach ((PropertyInfo property, FieldAttribute field) in MessageTypes.Fields(type))
        {
            bool tagged = Versions.Parse(field.Tagged).Contains(version);
            if (!Versions.Parse(field.Versions).Contains(version) || (tagged && random.Next(2) == 0))
            {
                continue;
            }

            bool isNull = Versions.Parse(field.Nullable).Contains(version) && random.Next(4) == 0;
            property.SetValue(made, isNull ? null : Value(property.PropertyType));
        }

        return made;
    }

    private object Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsArray)
        {
            Type element = type.GetElementType()!;
            int length = random.Next(elementsMax + 1);
            if (element == typeof(int) && random.Next(8) == 0)
            {
                length = 130; // A length of two varint bytes.
            }

            var array = Array.CreateInstance(element, length);
            for (int i = 0; i < length; i++)
            {
                array.SetValue(Value(element), i);
            }

            return array;
        }

        return type switch
        {
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(sbyte) => (sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue + 1),
            _ when type == typeof(short) => (short)random.Next(short.MinValue, short.MaxValue + 1),
            _ when type == typeof(ErrorCode) => (ErrorCode)random.Next(-1, 134),
            _ when type == typeof(ushort) => (ushort)random.Next(ushort.MaxValue + 1),
            _ when type == typeof(int) => (int)Integer(),
            _ when type == typeof(uint) => (uint)Integer(),
            _ when type == typeof(long) => Integer(),
            _ when type == typeof(double) => random.Next(-8000, 8000) / 8.0,
            _ when type == typeof(string) => Text(),
            _ when type == typeof(Guid) => new Guid(Bytes(16), bigEndian: true),
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Bytes(random.Next(200))),
            _ when type == typeof(KLog.Protocol.Wire.Records) => new KLog.Protocol.Wire.Records(Bytes(random.Next(200))),
            _ => Make(type),
        };
    }

    private long Integer() => random.Next(3) switch
    {
        0 => random.Next(-2, 100),
        1 => random.NextInt64(),
        _ => random.NextInt64(long.MinValue, 0),
    };

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Text()
    {
        var text = new StringBuilder();
        int length = random.Next(10) == 0 ? random.Next(120, 300) : random.Next(12);
        while (text.Length < length)
        {
            text.Append(random.Next(12) == 0 ? Odd[random.Next(Odd.Length)] : ((char)random.Next('!', '~')).ToString());
        }

        return text.ToString();
    }
}
