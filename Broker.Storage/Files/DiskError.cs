namespace KLog.Broker.Storage.Files;

/// <summary>Reads an <see cref="IOException"/>'s errno, which .NET keeps in HResult on Linux.</summary>
public static class DiskError
{
    private const int NoSpace = 28;
    private const int FileTooLarge = 27;
    private const int QuotaExceeded = 122;

    /// <summary>The disk works but takes no more: it will again once there is room.</summary>
    public static bool IsDiskFull(IOException error) =>
        error.HResult is NoSpace or FileTooLarge or QuotaExceeded;
}
