using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using LvsAdmin.Commands.Remoting;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;

namespace LvsAdmin.Commands;

/// <summary>A host as a command names it, and how it is reached. Two references are equal when the same connection serves both.</summary>
internal abstract record HostReference
{
    /// <summary>The name that outputs carry as HostName.</summary>
    internal abstract string Name { get; }

    /// <summary>The host as messages name it.</summary>
    public sealed override string ToString() => Describe();

    private protected virtual string Describe() => Name;

    /// <summary>This machine.</summary>
    /// <param name="NetworkNamespace">The namespace of it; null for the process's own.</param>
    internal sealed record Local(string? NetworkNamespace) : HostReference
    {
        internal const string HostName = "localhost";

        internal override string Name => HostName;

        private protected override string Describe() => NetworkNamespace is null ? HostName : $"{HostName} (network namespace {NetworkNamespace})";
    }

    /// <summary>A host over SSH, by a connection that ends with the commands that use it.</summary>
    internal sealed record Ssh : HostReference
    {
        /// <param name="target">How it is reached.</param>
        /// <param name="name">As the user wrote it.</param>
        internal Ssh(SshTarget target, string name)
        {
            Target = target;
            Name = HostOrigins.Own(name);
            HostOrigins.Register(Name, this);
        }

        internal SshTarget Target { get; }

        internal override string Name { get; }

        // The name leads back to here, so it takes no part in equality: the target alone tells connections apart.
        public bool Equals(Ssh? other) => other is not null && Target == other.Target;

        public override int GetHashCode() => Target.GetHashCode();
    }

    /// <summary>A host by an open session.</summary>
    internal sealed record Session(LvsSession Opened) : HostReference
    {
        internal override string Name => Opened.HostName;

        internal ILvsHost Host => Opened.Host;
    }

    /// <summary>A host by a PowerShell session, in which the command itself is run.</summary>
    internal sealed record Remote : HostReference
    {
        // One for each session, so that all of its outputs carry the same instance of its name.
        private static readonly ConditionalWeakTable<PSSession, Remote> Known = [];

        private Remote(PSSession opened)
        {
            Opened = opened;
            Name = HostOrigins.Own(RemoteSessions.HostOf(opened));
            HostOrigins.Register(Name, this);
        }

        internal PSSession Opened { get; }

        internal override string Name { get; }

        internal static Remote Of(PSSession session) => Known.GetValue(session, static opened => new Remote(opened));

        public bool Equals(Remote? other) => other is not null && Opened.InstanceId == other.Opened.InstanceId;

        public override int GetHashCode() => Opened.InstanceId.GetHashCode();
    }
}
