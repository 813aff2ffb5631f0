namespace LvsAdmin.Commands;

/// <summary>For whom a module is installed.</summary>
public enum LvsModuleScope
{
    /// <summary>The user of the session.</summary>
    CurrentUser,

    /// <summary>All users of the host; that takes its administrator's rights.</summary>
    AllUsers,
}
