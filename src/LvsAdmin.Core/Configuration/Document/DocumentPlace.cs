namespace LvsAdmin.Core.Configuration;

/// <summary>A piece of a document and the way to it from the top.</summary>
/// <param name="Node">The piece.</param>
/// <param name="Path">Such as <c>virtualServices[2].scheduler</c>; empty for the whole.</param>
/// <param name="Line">The line that complaints name: of the piece's name, or of the piece itself.</param>
internal sealed record DocumentPlace(DocumentNode Node, string Path, int Line)
{
    internal bool IsNull => Node.Kind == DocumentNodeKind.Null;

    /// <summary>One of the pieces of a list.</summary>
    internal DocumentPlace Item(int index) => new(Node.Items[index], $"{Path}[{index}]", Node.Items[index].Line);

    /// <summary>What a name stands for, by the name as it shall be shown.</summary>
    internal DocumentPlace Member(DocumentMember member, string name) => new(member.Value, Path.Length == 0 ? name : $"{Path}.{name}", member.Line);
}
