using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads how real servers are checked.</summary>
internal static class HealthCheckBinder
{
    internal static HealthCheckSettings? Bind(DocumentContext context, DocumentPlace? place)
    {
        if (context.Table(place, DocumentKeys.HealthCheck, "an object with a kind of health check") is not { } table)
        {
            return null;
        }

        HealthCheckKind? kind = context.Word<HealthCheckKind>(table.Require("kind", context));
        string? digest = context.Text(table["digest"]);
        if (digest is not null && (digest.Length != 32 || !digest.All(char.IsAsciiHexDigit)))
        {
            context.Problem("ConfigurationValueInvalid", table["digest"]!, $"'{digest}' is no MD5 digest: it has 32 hexadecimal digits.");
        }

        LvsAddress? address = context.Address(table["address"]);
        return new HealthCheckSettings
        {
            Kind = kind ?? HealthCheckKind.None,
            Address = address,
            Port = (ushort?)context.Integer(table["port"], 1, ushort.MaxValue),
            Interval = context.Seconds(table["interval"]),
            Timeout = context.Seconds(table["timeout"]),
            Retries = (int?)context.Integer(table["retries"], 0, int.MaxValue),
            RetryDelay = context.Seconds(table["retryDelay"]),
            Path = context.Text(table["path"]),
            VirtualHost = context.Text(table["virtualHost"]),
            Method = context.Text(table["method"]),
            Status = [.. (context.Items(table["status"]) ?? []).Select(item => context.Integer(item, 100, 999)).OfType<long>().Select(code => (int)code)],
            Pattern = context.Text(table["pattern"]),
            Digest = digest,
            QueryName = context.Text(table["queryName"]),
            QueryType = context.Text(table["queryType"]),
            HelloName = context.Text(table["helloName"]),
            Command = context.Text(table["command"]),
        };
    }
}
