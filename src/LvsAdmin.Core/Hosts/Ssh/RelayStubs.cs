namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// The relay for netlink at the other end, in the two languages of which hosts have one. It speaks in frames, each way:
/// <c>[length, 32 bits, big-endian][kind, 1 byte][channel, 32 bits, big-endian][bytes]</c>. Channel 0 is a shell that runs the same loop as before
/// (<see cref="ShellServer"/>), its standard error is still the connection's; each other channel is a socket: of generic netlink, or another one that the frame
/// which opens it describes (<see cref="SshSocket"/>).
/// </summary>
internal static class RelayStubs
{
    /// <summary>The length of what stands before a frame's bytes.</summary>
    internal const int HeaderLength = 9;

    /// <summary>The version of the frames, which the first frame tells.</summary>
    internal const byte Version = 1;

    /// <summary>From the relay, first of all: version, and the number 1 in 32 bits of the host's own byte order.</summary>
    internal const byte Hello = (byte)'H';

    /// <summary>To the relay: opens a socket, of netlink when there are no bytes. From it: it is open, and connected; the bytes are its port, big-endian.</summary>
    internal const byte Open = (byte)'O';

    /// <summary>To the relay: closes a socket.</summary>
    internal const byte Close = (byte)'C';

    /// <summary>A datagram, or a piece of the shell's input and output.</summary>
    internal const byte Data = (byte)'D';

    /// <summary>From the relay: a socket could not be opened, sent to or received from; the bytes are the error number, big-endian.</summary>
    internal const byte Error = (byte)'E';

    // 16 is AF_NETLINK and NETLINK_GENERIC both, 3 is SOCK_RAW, 270 SOL_NETLINK, 10 NETLINK_CAP_ACK, 11 NETLINK_EXT_ACK, 64 MSG_DONTWAIT (linux/netlink.h, linux/socket.h), error 4 EINTR, 11 EAGAIN.
    // A pipe that can be written to takes 4,096 bytes without waiting (pipe(7)), so no more are written at once: the shell may be waiting for us to read. Sockets of perl
    // close on exec by themselves. Of other sockets, 1 is SOL_SOCKET, 26 SO_ATTACH_FILTER, 4 SO_ERROR, error 115 EINPROGRESS: they connect while the loop goes on;
    // 16384 is MSG_NOSIGNAL, for a stream that its peer has reset. Elsewhere SIGPIPE ends the relay, and the shell with it, whose input then ends.
    private const string PerlText = """
        my ($text) = @ARGV; my (%s, %t, %p); my ($out, $feed, $in) = ('', '', '');
        sub put { $out .= pack('NaN', length $_[2], $_[0], $_[1]) . $_[2] }
        sub flush { while (length $out) { my $n = syswrite(STDOUT, $out); if (defined $n) { substr($out, 0, $n, '') } elsif ($! != 4) { exit 1 } } }
        pipe(my $r0, my $w0) && pipe(my $r1, my $w1) or die "pipe: $!";
        defined(my $pid = fork) or die "fork: $!";
        if (!$pid) { open(STDIN, '<&', $r0) && open(STDOUT, '>&', $w1) or die "dup: $!"; close $_ for $r0, $w0, $r1, $w1; exec 'sh', '-c', $text, 'lvsadmin' or die "sh: $!" }
        close $r0; close $w1; put('H', 0, pack('CL', 1, 1));
        while (1) {
          flush();
          my ($r, $w) = ('', ''); vec($r, 0, 1) = 1; vec($r, fileno $r1, 1) = 1; vec($r, fileno $_, 1) = 1 for values %s;
          vec($w, fileno $w0, 1) = 1 if length $feed; vec($w, fileno $_, 1) = 1 for values %p;
          next if select($r, $w, undef, undef) < 1;
          if (vec($r, fileno $r1, 1)) { sysread($r1, my $b, 65536) or exit 0; put('D', 0, $b) }
          for my $c (keys %p) {
            next unless vec($w, fileno $p{$c}, 1);
            my $h = delete $p{$c}; my $e = unpack('i', getsockopt($h, 1, 4)); if ($e) { put('E', $c, pack('N', $e)) } else { $s{$c} = $h; put('O', $c, pack('N', unpack('x2n', getsockname $h))) }
          }
          for my $c (keys %s) {
            next unless vec($r, fileno $s{$c}, 1);
            while (length $out < 262144) {
              if (defined recv($s{$c}, my $b, 131072, 64)) { put('D', $c, $b); if ($t{$c} && !length $b) { delete $s{$c}; last } }
              else { last if $! == 11; next if $! == 4; put('E', $c, pack('N', $!)); last }
            }
          }
          if (length $feed && vec($w, fileno $w0, 1)) { my $n = syswrite($w0, $feed, 4096); substr($feed, 0, $n, '') if $n }
          next unless vec($r, 0, 1);
          my $n = sysread(STDIN, $in, 65536, length $in); next if !defined $n && $! == 4; exit 0 if !$n;
          while (length $in >= 9) {
            my ($l, $k, $c) = unpack('NaN', $in); last if length $in < 9 + $l;
            my ($h, $b) = (undef, substr($in, 9, $l)); substr($in, 0, 9 + $l, '');
            if ($k eq 'D' && !$c) { $feed .= $b }
            elsif ($k eq 'D') { defined $s{$c} && !defined send($s{$c}, $b, 16384) && put('E', $c, pack('N', $!)) }
            elsif ($k eq 'C') { delete $_->{$c} for \%s, \%t, \%p }
            elsif (length $b) {
              my ($f, $y, $o, $x, $a, $d) = unpack('N3(N/a)3', $b);
              if (socket($h, $f, $y, $o) && (!length $x || setsockopt($h, 1, 26, pack(length pack('P', $x) > 4 ? 'Sx6P' : 'Sx2P', length($x) / 8, $x))) && (!length $a || bind($h, $a))
                && defined $h->blocking(0) && (!length $d || connect($h, $d) || $! == 115)) {
                $t{$c} = $y == 1; if ($t{$c}) { $p{$c} = $h } else { $s{$c} = $h; put('O', $c, pack('N', unpack('x2n', getsockname $h))) }
              } else { put('E', $c, pack('N', $!)) }
            }
            elsif (socket($h, 16, 3, 16) && bind($h, pack('SSLL', 16, 0, 0, 0))) {
              setsockopt($h, 270, $_, pack('i', 1)) for 10, 11; $s{$c} = $h; put('O', $c, pack('N', (unpack('SSLL', getsockname $h))[2]));
            } else { put('E', $c, pack('N', $!)) }
          }
        }
        """;

    private const string PythonText = """
        import os, select, socket, struct, sys
        shell, feed = os.pipe()
        reply, answer = os.pipe()
        if os.fork() == 0:
            os.dup2(shell, 0)
            os.dup2(answer, 1)
            os.execvp("sh", ["sh", "-c", sys.argv[1], "lvsadmin"])
        os.close(shell)
        os.close(answer)
        sockets, streams, pending, out, fed, data = {}, set(), {}, bytearray(), bytearray(), bytearray()
        def put(kind, channel, content):
            out.extend(struct.pack(">I1sI", len(content), kind, channel))
            out.extend(content)
        put(b"H", 0, struct.pack("=BI", 1, 1))
        def start(channel, content):
            import ctypes
            library = ctypes.CDLL(None, use_errno=True)
            def check(result):
                if result != 0 and ctypes.get_errno() != 115:
                    raise OSError(ctypes.get_errno(), "")
            family, kind, protocol = struct.unpack(">III", content[:12])
            rest = content[12:]
            texts = []
            while rest:
                length = struct.unpack(">I", rest[:4])[0]
                texts.append(rest[4:4 + length])
                rest = rest[4 + length:]
            s = socket.socket(family, kind, protocol)
            s.setblocking(False)
            if texts[0]:
                program = ctypes.create_string_buffer(texts[0], len(texts[0]))
                s.setsockopt(1, 26, struct.pack("HP", len(texts[0]) // 8, ctypes.addressof(program)))
            if texts[1]:
                check(library.bind(s.fileno(), texts[1], len(texts[1])))
            if texts[2]:
                check(library.connect(s.fileno(), texts[2], len(texts[2])))
            if kind == 1:
                streams.add(channel)
                pending[channel] = s
            else:
                sockets[channel] = s
                put(b"O", channel, struct.pack(">I", 0 if kind == 3 or family == 17 else s.getsockname()[1]))
        while True:
            while out:
                del out[:os.write(1, out)]
            readable, writable, _ = select.select([0, reply] + list(sockets.values()), ([feed] if fed else []) + list(pending.values()), [])
            if reply in readable:
                content = os.read(reply, 65536)
                if not content:
                    sys.exit(0)
                put(b"D", 0, content)
            for channel, s in list(pending.items()):
                if s in writable:
                    del pending[channel]
                    failed = s.getsockopt(1, 4)
                    if not failed:
                        sockets[channel] = s
                    put(b"E" if failed else b"O", channel, struct.pack(">I", failed or s.getsockname()[1]))
            for channel, s in list(sockets.items()):
                while s in readable and len(out) < 262144:
                    try:
                        content = s.recv(131072, 64)
                        put(b"D", channel, content)
                        if channel in streams and not content:
                            del sockets[channel]
                            break
                    except BlockingIOError:
                        break
                    except OSError as error:
                        put(b"E", channel, struct.pack(">I", error.errno))
                        break
            if feed in writable:
                del fed[:os.write(feed, fed[:4096])]
            if 0 not in readable:
                continue
            content = os.read(0, 65536)
            if not content:
                sys.exit(0)
            data += content
            while len(data) >= 9:
                length, kind, channel = struct.unpack(">I1sI", data[:9])
                if len(data) < 9 + length:
                    break
                content = bytes(data[9:9 + length])
                del data[:9 + length]
                try:
                    if channel == 0:
                        fed += content
                    elif kind == b"D":
                        if channel in sockets:
                            sockets[channel].send(content)
                    elif kind == b"C":
                        streams.discard(channel)
                        for opened in sockets, pending:
                            if channel in opened:
                                opened.pop(channel).close()
                    elif content:
                        start(channel, content)
                    else:
                        s = socket.socket(16, 3, 16)
                        s.bind((0, 0))
                        for option in (10, 11):
                            try:
                                s.setsockopt(270, option, 1)
                            except OSError:
                                pass
                        sockets[channel] = s
                        put(b"O", channel, struct.pack(">I", s.getsockname()[0]))
                except ImportError:
                    put(b"E", channel, struct.pack(">I", 38))
                except OSError as error:
                    put(b"E", channel, struct.pack(">I", error.errno))
        """;

    /// <summary>The command that becomes the relay; the shell's text comes behind it as its argument.</summary>
    /// <param name="interpreter"><c>perl</c> or <c>python3</c>.</param>
    internal static string[] CommandOf(string interpreter) => interpreter == "perl" ? ["perl", "-e", PerlText] : ["python3", "-I", "-S", "-c", PythonText];
}
