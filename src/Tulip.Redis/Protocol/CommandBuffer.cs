// CommandBuffer: commands as bytes, on their way to a connection.
// Thread: the loop's.  Owns: one block, used again for each command.
//   1. A command is an array of texts: "*2\r\n$3\r\nGET\r\n$4\r\nname\r\n". That is all a client ever sends.
//   2. What is large goes to the connection by itself, in its place, and is not copied here.
//   3. After Flush nothing is kept. The connection gathers what is flushed in a pass of the loop into one send.
using System.Globalization;
using System.Text;

namespace Tulip.Redis;

internal sealed class CommandBuffer(Action<ReadOnlySpan<byte>> send)
{
    private const int Large = 8 * 1024;

    private byte[] _block = new byte[512];
    private int _count;

    public void Add(ReadOnlySpan<RedisArgument> command)
    {
        AddLength((byte)'*', command.Length);
        foreach (ref readonly var argument in command)
            argument.WriteTo(this);
    }

    public void Add(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        AddLength((byte)'$', length);
        Encoding.UTF8.GetBytes(text, Room(length + 2));
        _count += length;
        EndLine();
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        AddLength((byte)'$', bytes.Length);
        if (bytes.Length >= Large)
        {
            Flush();
            send(bytes);
        }
        else
        {
            bytes.CopyTo(Room(bytes.Length + 2));
            _count += bytes.Length;
        }

        EndLine();
    }

    public void Flush()
    {
        if (_count > 0)
            send(_block.AsSpan(0, _count));
        _count = 0;
        if (_block.Length > 8 * Large)
            _block = new byte[Large];
    }

    private void AddLength(byte mark, int length)
    {
        var room = Room(16);
        room[0] = mark;
        length.TryFormat(room[1..], out var digits, provider: CultureInfo.InvariantCulture);
        _count += 1 + digits;
        EndLine();
    }

    private void EndLine()
    {
        "\r\n"u8.CopyTo(Room(2));
        _count += 2;
    }

    private Span<byte> Room(int length)
    {
        if (_block.Length - _count < length)
            Array.Resize(ref _block, Math.Max(2 * _block.Length, _count + length));
        return _block.AsSpan(_count);
    }
}
