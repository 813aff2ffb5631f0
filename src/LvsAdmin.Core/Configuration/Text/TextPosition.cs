using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A line of a text: what is said of it names it.</summary>
internal readonly record struct TextPosition(string? Source, int Line)
{
    internal ConfigurationNote Note(string message) => new(message, Source, Line);

    internal LvsConfigurationException Error(string id, string message) => new(id, Note(message));

    /// <summary>Judges a service as the cmdlets do; the breach of a rule is an error of this line.</summary>
    internal void Check(VirtualServiceSettings settings)
    {
        try
        {
            IpvsValidation.Check(settings);
        }
        catch (LvsValidationException breach)
        {
            throw Error(breach.Id, breach.Message);
        }
    }

    /// <summary>Judges a real server as the cmdlets do; the breach of a rule is an error of this line.</summary>
    internal void Check(LvsServiceId service, RealServerSettings settings)
    {
        try
        {
            IpvsValidation.Check(service, settings);
        }
        catch (LvsValidationException breach)
        {
            throw Error(breach.Id, breach.Message);
        }
    }

    /// <summary>Judges a synchronisation daemon as the cmdlets do; the breach of a rule is an error of this line.</summary>
    internal void Check(LvsSyncDaemon daemon)
    {
        try
        {
            IpvsValidation.Check(daemon);
        }
        catch (LvsValidationException breach)
        {
            throw Error(breach.Id, breach.Message);
        }
    }

    /// <summary>A real server's identity; an address that none can have is an error of this line.</summary>
    internal LvsServerId Server(string id, LvsAddress address, ushort port)
    {
        try
        {
            return new LvsServerId(address, port);
        }
        catch (ArgumentException exception)
        {
            // Without the name of the parameter, which the runtime puts behind the message.
            throw Error(id, exception.Message.Split(" (Parameter", 2)[0]);
        }
    }

    /// <summary>An address, or the address of a host by its name.</summary>
    internal LvsAddress Address(string id, string text, TextNames names, LvsAddressFamily? family = null)
    {
        if (LvsAddress.TryParse(text, out LvsAddress address, out string? reason))
        {
            return address;
        }

        // What has no letter but hexadecimal ones, or a colon, was meant as an address.
        bool name = text.Any(char.IsAsciiLetter) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            && !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return !name
            ? throw Error(id, reason)
            : names.Host(text, family) ?? throw Error("NameNotResolved", $"The address of the host '{text}' is not known.");
    }

    /// <summary>A port by its number, or by the name of its service.</summary>
    internal ushort Port(string id, string text, LvsProtocol protocol, TextNames names)
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return port;
        }

        return !text.Any(char.IsAsciiLetter)
            ? throw Error(id, $"'{text}' is no port: a port is a number from 0 to 65535.")
            : names.Port(text, protocol) ?? throw Error("NameNotResolved", $"The port of the service '{text}' is not known.");
    }

    /// <summary>A whole number within limits.</summary>
    internal long Number(string id, string what, string text, long minimum, long maximum) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum
            ? number
            : throw Error(id, string.Create(CultureInfo.InvariantCulture, $"{what} '{text}' is no number from {minimum} to {maximum}."));
}
