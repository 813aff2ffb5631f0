namespace LvsAdmin.Core.Configuration;

/// <summary>How a desired state is written as text.</summary>
public enum LvsConfigurationFormat
{
    /// <summary>Our own document, as JSON.</summary>
    Json,

    /// <summary>Our own document, as a PowerShell data file.</summary>
    Psd1,

    /// <summary>The rules that ipvsadm -S writes and ipvsadm -R reads (ipvsadm(8)).</summary>
    Ipvsadm,

    /// <summary>The virtual servers of keepalived.conf(5).</summary>
    Keepalived,

    /// <summary>The configuration of ldirectord(8).</summary>
    Ldirectord,
}
