namespace LvsAdmin.Core.Configuration;

/// <summary>What a difference between the desired state and the director means.</summary>
public enum LvsChangeAction
{
    /// <summary>It is missing, and will be made.</summary>
    Add,

    /// <summary>It is there, and one of its properties will change.</summary>
    Set,

    /// <summary>It is one too many, and will be removed.</summary>
    Remove,

    /// <summary>An operator holds the real server at weight 0, and it is left so.</summary>
    Held,

    /// <summary>It is within the scope and one too many, but without pruning it is left.</summary>
    Extra,
}
