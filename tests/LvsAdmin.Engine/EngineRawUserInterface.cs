using System.Management.Automation.Host;

namespace LvsAdmin.Hosting;

/// <summary>A screen of which only the width means anything: views are laid out to it.</summary>
public sealed class EngineRawUserInterface : PSHostRawUserInterface
{
    private const int Height = 50;

    private Size _size = new(120, Height);

    public int Width
    {
        get => _size.Width;
        set => _size = new Size(value, Height);
    }

    public override Size BufferSize
    {
        get => _size;
        set => _size = value;
    }

    public override Size WindowSize
    {
        get => _size;
        set => _size = value;
    }

    public override Size MaxPhysicalWindowSize => _size;

    public override Size MaxWindowSize => _size;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 1;

    public override string WindowTitle { get; set; } = "";

    public override bool KeyAvailable => false;

    public override void FlushInputBuffer()
    {
    }

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NoScreen();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoScreen();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoScreen();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NoScreen();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NoScreen();

    private static NotSupportedException NoScreen() => new("This host writes lines: it has no screen and no keys.");
}
