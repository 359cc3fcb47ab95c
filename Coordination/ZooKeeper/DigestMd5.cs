using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// ◆ SASL DIGEST-MD5 (RFC 2831) as ZooKeeper speaks it: quality of protection "auth", charset utf-8, service "zookeeper" on
/// the host "zk-sasl-md5", whatever its host is called.
/// <code>
/// server  realm="…",nonce="…",qop="auth",charset=utf-8,algorithm=md5-sess
/// client  username="…",realm="…",nonce="…",nc=00000001,cnonce="…",digest-uri="…",qop=auth,response=(32 hex),charset=utf-8
/// server  rspauth=(32 hex): that it knows the password too
/// </code>
/// </summary>
[SuppressMessage("Security", "CA5351", Justification = "the mechanism is made of MD5")]
internal sealed class DigestMd5(SaslCredentials credentials, string clientNonce)
{
    private const string Uri = "zookeeper/zk-sasl-md5";

    private string? _expected;

    /// <summary>The answer to the server's challenge. Throws <see cref="InvalidDataException"/> for one that cannot be met.</summary>
    public byte[] Respond(ReadOnlySpan<byte> challenge)
    {
        Dictionary<string, string> fields = Fields(Encoding.UTF8.GetString(challenge));
        string nonce = fields.GetValueOrDefault("nonce") ?? throw new InvalidDataException("a DIGEST-MD5 challenge without a nonce");
        string realm = fields.GetValueOrDefault("realm", "");
        if (fields.TryGetValue("qop", out string? qop) && !qop.Split(',', StringSplitOptions.TrimEntries).Contains("auth"))
        {
            throw new InvalidDataException($"a DIGEST-MD5 challenge that wants qop={qop}");
        }

        byte[] secret =
        [
            .. MD5.HashData(Encoding.UTF8.GetBytes($"{credentials.User}:{realm}:{credentials.Password}")),
            .. Encoding.UTF8.GetBytes($":{nonce}:{clientNonce}"),
        ];
        string session = Hex(secret);
        string Digest(string method) => Hex(Encoding.UTF8.GetBytes($"{session}:{nonce}:00000001:{clientNonce}:auth:{Hex(Encoding.UTF8.GetBytes($"{method}:{Uri}"))}"));
        _expected = Digest("");
        string response =
            $"charset=utf-8,username=\"{Quoted(credentials.User)}\",realm=\"{Quoted(realm)}\",nonce=\"{Quoted(nonce)}\",nc=00000001," +
            $"cnonce=\"{clientNonce}\",digest-uri=\"{Uri}\",maxbuf=65536,response={Digest("AUTHENTICATE")},qop=auth";
        return Encoding.UTF8.GetBytes(response);
    }

    /// <summary>Whether the server has shown that it knows the password.</summary>
    public bool Accepts(ReadOnlySpan<byte> verdict)
    {
        string shown = Fields(Encoding.UTF8.GetString(verdict)).GetValueOrDefault("rspauth", "");
        return _expected is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(_expected));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>name=value or name="value with \" in it", with commas between.</summary>
    private static Dictionary<string, string> Fields(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int position = 0;
        while (text.IndexOf('=', position) is var equals && equals > 0)
        {
            string name = text[position..equals].Trim(' ', ',');
            position = equals + 1;
            var value = new StringBuilder();
            bool quoted = position < text.Length && text[position] == '"';
            position += quoted ? 1 : 0;
            while (position < text.Length && text[position] != (quoted ? '"' : ','))
            {
                position += quoted && text[position] == '\\' && position + 1 < text.Length ? 1 : 0;
                value.Append(text[position++]);
            }

            position = Math.Min(position + 1, text.Length);
            fields[name] = value.ToString();
        }

        return fields;
    }

    /// <summary>A nonce of 32 hexadecimal digits that nobody guesses.</summary>
    public static string NewNonce() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
