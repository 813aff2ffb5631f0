namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>The flags of TCP that are used here.</summary>
[Flags]
internal enum TcpFlags
{
    None = 0,
    Finish = 0x01,
    Synchronize = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledge = 0x10,
}
