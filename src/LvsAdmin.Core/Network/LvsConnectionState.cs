namespace LvsAdmin.Core.Network;

/// <summary>
/// What a director believes of a connection (the state names of net/netfilter/ipvs/ip_vs_proto_*.c). With direct routing and tunnelling it never
/// sees the replies, so TCP states are guesses from one side.
/// </summary>
public enum LvsConnectionState
{
    /// <summary>A word that this version does not know: see the text beside it.</summary>
    Unknown,

    /// <summary>No state (NONE): a fresh persistence template, or a protocol without states.</summary>
    None,

    /// <summary>TCP or SCTP: established.</summary>
    Established,

    /// <summary>TCP: the first SYN left, seen from the server's side (SYN_SENT).</summary>
    SynSent,

    /// <summary>TCP: a SYN came (SYN_RECV).</summary>
    SynReceived,

    /// <summary>TCP: one side has closed (FIN_WAIT).</summary>
    FinWait,

    /// <summary>TCP: closed, waiting for stray segments (TIME_WAIT).</summary>
    TimeWait,

    /// <summary>TCP: closed (CLOSE).</summary>
    Close,

    /// <summary>TCP: the client has closed (CLOSE_WAIT).</summary>
    CloseWait,

    /// <summary>TCP: the last acknowledgement is awaited (LAST_ACK).</summary>
    LastAck,

    /// <summary>TCP: LISTEN.</summary>
    Listen,

    /// <summary>TCP: a SYN was answered (SYNACK), when SYN flood protection (secure_tcp) is on.</summary>
    SynAck,

    /// <summary>UDP has one state.</summary>
    Udp,

    /// <summary>A persistence template that an established connection has confirmed (ASSURED).</summary>
    Assured,

    /// <summary>SCTP: INIT came (INIT1).</summary>
    SctpInit1,

    /// <summary>SCTP: INIT was answered or left (INIT).</summary>
    SctpInit,

    /// <summary>SCTP: the cookie was sent (C-SENT).</summary>
    SctpCookieSent,

    /// <summary>SCTP: the cookie was answered (C-REPLIED).</summary>
    SctpCookieReplied,

    /// <summary>SCTP: the cookie is awaited (C-WAIT).</summary>
    SctpCookieWait,

    /// <summary>SCTP: the cookie came (COOKIE).</summary>
    SctpCookie,

    /// <summary>SCTP: the cookie was echoed (C-ECHOED).</summary>
    SctpCookieEchoed,

    /// <summary>SCTP: a side asked to shut down (S-SENT).</summary>
    SctpShutdownSent,

    /// <summary>SCTP: the request to shut down came (S-RECEIVED).</summary>
    SctpShutdownReceived,

    /// <summary>SCTP: the shutdown was acknowledged (S-ACK-SENT).</summary>
    SctpShutdownAckSent,

    /// <summary>SCTP: the association was refused (REJECTED).</summary>
    SctpRejected,

    /// <summary>SCTP: closed (CLOSED).</summary>
    SctpClosed,
}
