using System.Net;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Makes the program by which the kernel hands us the packets of one flow only (linux/filter.h): on a busy director all others would drown us.</summary>
internal static class PacketFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByte = 0x30;
    private const ushort LoadHalfBehindHeader = 0x48;
    private const ushort HeaderLengthToIndex = 0xb1;
    private const ushort JumpUnlessEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint Whole = 0x40000;
    private const int InstructionLength = 8;

    /// <summary>The program for packets from one end of a flow to the other.</summary>
    /// <param name="from">Who sends them.</param>
    /// <param name="to">Who gets them.</param>
    /// <param name="protocol">The number of the protocol, such as 6.</param>
    internal static byte[] Of(IPEndPoint from, IPEndPoint to, byte protocol)
    {
        List<(ushort Code, uint Value)> instructions = [];
        bool isV6 = from.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        Test(LoadByte, isV6 ? 6u : 9u, protocol);
        Address(from, isV6 ? 8u : 12u);
        Address(to, isV6 ? 24u : 16u);
        if (isV6)
        {
            // Behind the fixed header: nobody puts another one between it and a TCP or UDP header here.
            Test(LoadHalf, 40, (uint)from.Port);
            Test(LoadHalf, 42, (uint)to.Port);
        }
        else
        {
            instructions.Add((HeaderLengthToIndex, 0));
            Test(LoadHalfBehindHeader, 0, (uint)from.Port);
            Test(LoadHalfBehindHeader, 2, (uint)to.Port);
        }

        instructions.Add((Return, Whole));
        instructions.Add((Return, 0));
        byte[] program = new byte[instructions.Count * InstructionLength];
        for (int index = 0; index < instructions.Count; index++)
        {
            (ushort code, uint value) = instructions[index];
            Span<byte> target = program.AsSpan(index * InstructionLength, InstructionLength);
            BitConverter.TryWriteBytes(target, code);
            // What is not equal goes to the last instruction.
            target[3] = code == JumpUnlessEqual ? (byte)(instructions.Count - 2 - index) : (byte)0;
            BitConverter.TryWriteBytes(target[4..], value);
        }

        return program;

        void Address(IPEndPoint end, uint offset)
        {
            byte[] bytes = end.Address.GetAddressBytes();
            for (int word = 0; word < bytes.Length; word += 4)
            {
                Test(LoadWord, offset + (uint)word, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(word)));
            }
        }

        void Test(ushort load, uint offset, uint value)
        {
            instructions.Add((load, offset));
            instructions.Add((JumpUnlessEqual, value));
        }
    }
}
