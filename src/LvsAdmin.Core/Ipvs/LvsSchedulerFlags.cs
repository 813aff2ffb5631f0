using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// The three flags that a scheduler may give a meaning of its own (IP_VS_SVC_F_SCHED1 to 3, include/uapi/linux/ip_vs.h): <c>sh</c> and
/// <c>mh</c> know <c>fallback</c> (another server when the hashed one is unavailable) and <c>port</c> (the client's port is hashed too).
/// As text: <c>mh-fallback,mh-port</c>, <c>sh-port</c>, <c>flag-3</c>. Equal when the bits are.
/// </summary>
public readonly struct LvsSchedulerFlags : IEquatable<LvsSchedulerFlags>
{
    /// <summary>The bits of all three flags in the kernel's flag word.</summary>
    public const uint Mask = 0x38;

    private const uint First = 0x08;
    private const uint Second = 0x10;
    private const uint Third = 0x20;

    /// <summary>Makes flags of the kernel's bits.</summary>
    /// <param name="bits">The kernel's flag word; other bits than <see cref="Mask"/> are left out.</param>
    /// <param name="scheduler">The scheduler that gives the flags their names; null for <c>flag-1</c> to <c>flag-3</c>.</param>
    public LvsSchedulerFlags(uint bits, string? scheduler = null)
    {
        Bits = bits & Mask;
        Scheduler = scheduler is "sh" or "mh" ? scheduler : null;
    }

    /// <summary>The flags as the kernel's flag word has them.</summary>
    public uint Bits { get; }

    /// <summary>The scheduler that the names belong to (<c>sh</c> or <c>mh</c>); null when they are generic.</summary>
    public string? Scheduler { get; }

    /// <summary>Whether no flag is set.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>The names that a user may type.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["sh-fallback", "sh-port", "mh-fallback", "mh-port", "flag-1", "flag-2", "flag-3"];

    /// <summary>Reads flag names.</summary>
    /// <param name="text">Names as in ipvsadm(8) -b, separated by commas; <c>none</c> or an empty text for no flag.</param>
    /// <exception cref="FormatException">A name is unknown, or names of two schedulers are mixed.</exception>
    public static LvsSchedulerFlags Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        uint bits = 0;
        string? scheduler = null;
        foreach (string name in text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            (uint bit, string? owner) = name.ToUpperInvariant() switch
            {
                "NONE" => (0u, scheduler),
                "FLAG-1" => (First, null),
                "FLAG-2" => (Second, null),
                "FLAG-3" => (Third, null),
                "SH-FALLBACK" => (First, "sh"),
                "SH-PORT" => (Second, "sh"),
                "MH-FALLBACK" => (First, "mh"),
                "MH-PORT" => (Second, "mh"),
                _ => throw new FormatException($"'{name}' is no scheduler flag: use {string.Join(", ", Names)}."),
            };
            if (owner is not null && scheduler is not null && owner != scheduler)
            {
                throw new FormatException($"'{text}' mixes flags of the schedulers {scheduler} and {owner}: a service has one scheduler.");
            }

            scheduler ??= owner;
            bits |= bit;
        }

        return new LvsSchedulerFlags(bits, scheduler);
    }

    /// <summary>The same flags under the names that they have with a scheduler.</summary>
    /// <param name="scheduler">The name of the scheduler, such as <c>mh</c>.</param>
    public LvsSchedulerFlags For(string scheduler) => new(Bits, scheduler);

    /// <summary>The names, separated by commas, which <see cref="Parse"/> reads back; empty when no flag is set.</summary>
    public override string ToString()
    {
        List<string> names = [];
        for (int index = 0; index < 3; index++)
        {
            if ((Bits & (First << index)) != 0)
            {
                names.Add((Scheduler, index) switch
                {
                    ({ } owner, 0) => owner + "-fallback",
                    ({ } owner, 1) => owner + "-port",
                    _ => string.Create(CultureInfo.InvariantCulture, $"flag-{index + 1}"),
                });
            }
        }

        return string.Join(',', names);
    }

    /// <inheritdoc/>
    public bool Equals(LvsSchedulerFlags other) => Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LvsSchedulerFlags other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Bits.GetHashCode();

    /// <summary>Whether the same flags are set.</summary>
    public static bool operator ==(LvsSchedulerFlags left, LvsSchedulerFlags right) => left.Equals(right);

    /// <summary>Whether other flags are set.</summary>
    public static bool operator !=(LvsSchedulerFlags left, LvsSchedulerFlags right) => !left.Equals(right);
}
