using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// The IPv4 neighbour table of the calling thread's network namespace, as arp(8) uses it: without a process for each look, of which the lab's kernel would
/// need tens of thousands of microseconds each.
/// </summary>
internal static partial class NeighbourTable
{
    // include/uapi/linux/sockios.h
    private const nuint DeleteEntry = 0x8953;
    private const int NoSuchDeviceOrAddress = 6;
    private const int Discard = 9;

    /// <summary>Forgets a neighbour, as ip neigh del does; one that is not known is no error.</summary>
    internal static void Forget(string interfaceName, string address)
    {
        // struct arpreq, include/uapi/linux/if_arp.h: protocol address, hardware address, flags, netmask, device.
        byte[] request = new byte[16 + 16 + 4 + 16 + 16];
        request[0] = (byte)AddressFamily.InterNetwork;
        IPAddress.Parse(address).GetAddressBytes().CopyTo(request, 4);
        Encoding.ASCII.GetBytes(interfaceName).CopyTo(request, 52);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (Control(socket.SafeHandle, DeleteEntry, request) != 0 && Marshal.GetLastPInvokeError() != NoSuchDeviceOrAddress)
        {
            throw new IOException($"SIOCDARP for {address}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Sends something to addresses, so that the kernel asks who has them, and gives what it learns: an address without an answer is missing.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="expected">How many of them have to answer; for these it waits longer.</param>
    /// <param name="silence">How long an answer may take that nobody expects.</param>
    internal static Dictionary<string, string> Resolve(IReadOnlyCollection<string> addresses, int expected, TimeSpan silence)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        foreach (string address in addresses)
        {
            socket.SendTo("?"u8.ToArray(), new IPEndPoint(IPAddress.Parse(address), Discard));
        }

        DateTime patience = DateTime.UtcNow + TimeSpan.FromSeconds(2);
        Dictionary<string, string> known = Read(addresses);
        while (known.Count < expected && DateTime.UtcNow < patience)
        {
            Thread.Sleep(2);
            known = Read(addresses);
        }

        if (expected < addresses.Count)
        {
            Thread.Sleep(silence);
            known = Read(addresses);
        }

        return known;
    }

    private static Dictionary<string, string> Read(IReadOnlyCollection<string> addresses) =>
        File.ReadLines("/proc/thread-self/net/arp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            // Flag 2 is ATF_COM: the neighbour has answered.
            .Where(fields => addresses.Contains(fields[0]) && (Convert.ToInt32(fields[2], 16) & 2) != 0)
            .ToDictionary(fields => fields[0], fields => fields[3]);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeSocketHandle socket, nuint request, byte[] argument);
}
