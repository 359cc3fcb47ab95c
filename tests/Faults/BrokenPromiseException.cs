namespace KLog.Faults;

/// <summary>The broker did not do what it has to do.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
