namespace KLog.Broker.Storage.Inspection;

/// <summary>What is carried from segment to segment while a log is verified.</summary>
/// <param name="RecoveryPoint">From here on a start after a crash makes everything anew.</param>
internal sealed record LogFindings(
    FindingList Findings, LeaderEpochCheck Epochs, TransactionIndexCheck Transactions, bool IsClean, long RecoveryPoint, VerifyOptions Options)
{
    /// <summary>Whether what lies there is complete, and not to be made anew by the next start.</summary>
    /// <param name="end">Up to which offset.</param>
    internal bool IsSettled(long end) => IsClean || end <= RecoveryPoint;

    /// <summary>A damage in what is settled; of what the next start makes anew it is only noted.</summary>
    internal void Report(bool isSettled, string file, string what, long position = -1, long offset = -1)
    {
        if (isSettled)
        {
            Findings.Damage(file, what, position, offset);
        }
        else
        {
            Findings.Note(file, $"{what}; the next start makes it anew", position, offset);
        }
    }
}
