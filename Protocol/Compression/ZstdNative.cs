using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KLog.Protocol.Compression;

/// <summary>What is used of the system's zstd (zstd.h, zstd_errors.h). Sizes are size_t; a size may be an error.</summary>
internal static partial class ZstdNative
{
    internal const string Library = "libzstd.so.1";
    internal const string Package = "libzstd1";

    internal const int ErrorDestinationTooSmall = 70;
    internal const ulong ContentSizeUnknown = ulong.MaxValue;
    internal const ulong ContentSizeError = ulong.MaxValue - 1;
    internal const int ParameterCompressionLevel = 100;
    internal const int ResetSession = 1;
    internal const int DirectiveContinue = 0;
    internal const int DirectiveEnd = 2;

    [LibraryImport(Library)]
    internal static partial uint ZSTD_isError(nuint code);

    [LibraryImport(Library)]
    internal static partial int ZSTD_getErrorCode(nuint code);

    [LibraryImport(Library)]
    internal static unsafe partial ulong ZSTD_getFrameContentSize(byte* from, nuint fromSize);

    [LibraryImport(Library)]
    internal static partial ZstdDecompressionHandle ZSTD_createDCtx();

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_sizeof_DCtx(ZstdDecompressionHandle context);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_DCtx_reset(ZstdDecompressionHandle context, int reset);

    [LibraryImport(Library)]
    internal static unsafe partial nuint ZSTD_decompressDCtx(
        ZstdDecompressionHandle context, byte* into, nuint capacity, byte* from, nuint fromSize);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_decompressStream(
        ZstdDecompressionHandle context, ref Target target, ref Source source);

    [LibraryImport(Library)]
    internal static partial ZstdCompressionHandle ZSTD_createCCtx();

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_CCtx_reset(ZstdCompressionHandle context, int reset);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_CCtx_setParameter(ZstdCompressionHandle context, int parameter, int value);

    [LibraryImport(Library)]
    internal static partial nuint ZSTD_compressStream2(
        ZstdCompressionHandle context, ref Target target, ref Source source, int directive);

    /// <summary>ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Target
    {
        internal byte* Bytes;
        internal nuint Size;
        internal nuint Position;
    }

    /// <summary>ZSTD_inBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Source
    {
        internal byte* Bytes;
        internal nuint Size;
        internal nuint Position;
    }
}

/// <summary>A ZSTD_DCtx.</summary>
internal sealed class ZstdDecompressionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeDCtx(handle) == 0;
}

/// <summary>A ZSTD_CCtx.</summary>
internal sealed class ZstdCompressionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeCCtx(handle) == 0;
}
