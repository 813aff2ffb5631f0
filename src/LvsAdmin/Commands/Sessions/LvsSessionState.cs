namespace LvsAdmin.Commands;

/// <summary>How a session is.</summary>
public enum LvsSessionState
{
    /// <summary>Connected.</summary>
    Opened,

    /// <summary>The connection was lost; the next command that uses the session connects again.</summary>
    Broken,

    /// <summary>Closed for good.</summary>
    Closed,
}
