using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Compression;

public sealed class CodecMissingTests
{
    /// <summary>A second copy of the assembly stands in for a machine that lacks the libraries.</summary>
    [Theory]
    [InlineData(CompressionType.Lz4, "liblz4-1")]
    [InlineData(CompressionType.Zstd, "libzstd1")]
    public void Without_its_library_a_codec_names_the_debian_package(CompressionType codec, string package)
    {
        AssemblyLoadContext context = new("without codecs", isCollectible: true);
        Assembly protocol = context.LoadFromAssemblyPath(typeof(Decompressor).Assembly.Location);
        NativeLibrary.SetDllImportResolver(protocol, (name, _, _) => throw new DllNotFoundException(name));
        object copiedCodec = Enum.ToObject(protocol.GetType(typeof(CompressionType).FullName!, throwOnError: true)!, (byte)codec);

        foreach (Type type in (Type[])[typeof(Decompressor), typeof(Compressor)])
        {
            MethodInfo rent = protocol.GetType(type.FullName!, throwOnError: true)!.GetMethod("Rent")!;
            Exception e = Assert.Throws<TargetInvocationException>(() => rent.Invoke(null, [copiedCodec])).InnerException!;

            Assert.Equal(nameof(CodecMissingException), e.GetType().Name);
            Assert.Contains(package, e.Message, StringComparison.Ordinal);
        }

        context.Unload();
    }
}
