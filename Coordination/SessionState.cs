namespace KLog.Coordination;

/// <summary>How a session stands with its tree.</summary>
public enum SessionState
{
    Connected,

    /// <summary>Nobody answers at the moment; ephemeral nodes and watches are kept for the session's time-out.</summary>
    Disconnected,

    /// <summary>Over, for good: its ephemeral nodes and watches are gone. A new session has to be opened.</summary>
    Expired,

    /// <summary>Over, because this side ended it.</summary>
    Closed,
}
