using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KLog.Protocol.Compression;

/// <summary>The frame functions of the system's lz4 (lz4frame.h). Sizes are size_t; a size may be an error.</summary>
internal static partial class Lz4Native
{
    internal const string Library = "liblz4.so.1";
    internal const string Package = "liblz4-1";

    /// <summary>LZ4F_VERSION, which has not changed since frames are stable.</summary>
    internal const uint FrameVersion = 100;

    [LibraryImport(Library)]
    internal static partial uint LZ4F_isError(nuint code);

    [LibraryImport(Library)]
    internal static partial nuint LZ4F_createDecompressionContext(out Lz4DecompressionHandle context, uint version);

    [LibraryImport(Library)]
    internal static partial nuint LZ4F_freeDecompressionContext(nint context);

    [LibraryImport(Library)]
    internal static partial void LZ4F_resetDecompressionContext(Lz4DecompressionHandle context);

    [LibraryImport(Library)]
    internal static unsafe partial nuint LZ4F_decompress(
        Lz4DecompressionHandle context, byte* into, ref nuint intoSize, byte* from, ref nuint fromSize, nint options);

    [LibraryImport(Library)]
    internal static partial nuint LZ4F_createCompressionContext(out Lz4CompressionHandle context, uint version);

    [LibraryImport(Library)]
    internal static partial nuint LZ4F_freeCompressionContext(nint context);

    [LibraryImport(Library)]
    internal static partial nuint LZ4F_compressBound(nuint fromSize, in Preferences preferences);

    [LibraryImport(Library)]
    internal static unsafe partial nuint LZ4F_compressBegin(
        Lz4CompressionHandle context, byte* into, nuint capacity, in Preferences preferences);

    [LibraryImport(Library)]
    internal static unsafe partial nuint LZ4F_compressUpdate(
        Lz4CompressionHandle context, byte* into, nuint capacity, byte* from, nuint fromSize, nint options);

    [LibraryImport(Library)]
    internal static unsafe partial nuint LZ4F_compressEnd(
        Lz4CompressionHandle context, byte* into, nuint capacity, nint options);

    /// <summary>LZ4F_preferences_t, with its LZ4F_frameInfo_t inside.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Preferences
    {
        internal int BlockSizeId;
        internal int BlockMode;
        internal int ContentChecksum;
        internal int FrameType;
        internal ulong ContentSize;
        internal uint DictionaryId;
        internal int BlockChecksum;
        internal int CompressionLevel;
        internal uint AutoFlush;
        internal uint FavorDecompressionSpeed;
        internal uint Reserved0;
        internal uint Reserved1;
        internal uint Reserved2;
    }
}

/// <summary>An LZ4F_dctx.</summary>
internal sealed class Lz4DecompressionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => Lz4Native.LZ4F_freeDecompressionContext(handle) == 0;
}

/// <summary>An LZ4F_cctx.</summary>
internal sealed class Lz4CompressionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => Lz4Native.LZ4F_freeCompressionContext(handle) == 0;
}
