// PlainReader: a client of the page's WebSocket that takes as little of the processor as it can, so that what is measured is the server.
// Thread: one, which blocks.
//   1. It counts messages by the lengths in the frames' heads, and looks at nothing else.
//   2. The server's frames have no mask, and each is a whole message.
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace FinderLoad;

/// <summary>Streams a result again and again.</summary>
internal sealed class PlainReader(Socket socket)
{
    /// <summary>The program's first argument when it is such a client; the second is the port.</summary>
    public const string Name = "read-cjk";

    private const int Rows = 98_885;
    private const int RowsOfPage = 200;
    private const int MessagesOfResult = 1 + ((Rows + RowsOfPage - 1) / RowsOfPage);

    private readonly byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;

    /// <summary>Streams all of 'cjk' without end, and prints a line each time it is whole.</summary>
    public static void Run(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect("127.0.0.1", port);
        var reader = new PlainReader(socket);
        reader.Upgrade(port);
        for (var id = 1; ; id++)
        {
            reader.Send($$"""{"id":{{id}},"query":"cjk","pages":1000000}""");
            for (var message = 0; message < MessagesOfResult; message++)
                reader.SkipMessage();
            Console.WriteLine(id);
        }
    }

    private void Upgrade(int port)
    {
        socket.Send(Encoding.ASCII.GetBytes($"GET /find HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        int end;
        while ((end = _buffer.AsSpan(.._end).IndexOf("\r\n\r\n"u8)) < 0)
            Fill();
        if (!_buffer.AsSpan().StartsWith("HTTP/1.1 101 "u8))
            throw new InvalidOperationException($"No WebSocket: {Encoding.ASCII.GetString(_buffer, 0, end)}");
        _start = end + 4;
    }

    /// <summary>Sends a text that is shorter than 126 bytes; its mask is of zeros.</summary>
    private void Send(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        socket.Send([0x81, (byte)(0x80 | bytes.Length), 0, 0, 0, 0, .. bytes]);
    }

    private void SkipMessage()
    {
        long length = Take(2)[1];
        length = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            127 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            _ => length,
        };
        while (length > 0)
        {
            if (_start == _end)
                Fill();
            var skipped = (int)Math.Min(length, _end - _start);
            _start += skipped;
            length -= skipped;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        while (_end - _start < count)
            Fill();
        _start += count;
        return _buffer.AsSpan(_start - count, count);
    }

    private void Fill()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = socket.Receive(_buffer.AsSpan(_end..));
        _end += count > 0 ? count : throw new EndOfStreamException("The server has closed.");
    }
}
