using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Tulip.AspNetCore.Tests.Support;

/// <summary>A client that says what the test wants, byte by byte.</summary>
public sealed class RawClient(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private byte[] _rest = [];

    public Socket Socket => socket;

    public async Task Send(string text) => await Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().Guarded();

    /// <summary>A request without a body.</summary>
    public Task Get(string path, string headers = "") => Send($"GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n");

    /// <summary>Some bytes; none at the end of the stream.</summary>
    public async Task<byte[]> ReadSome()
    {
        if (_rest.Length > 0)
        {
            var rest = _rest;
            _rest = [];
            return rest;
        }

        var buffer = new byte[65536];
        var count = await _stream.ReadAsync(buffer).AsTask().Guarded();
        return buffer[..count];
    }

    /// <summary>One response: its status line and headers, and its body as the length or the chunks say.</summary>
    public async Task<RawResponse> ReadResponse()
    {
        var head = await ReadUntil("\r\n\r\n");
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(static line => line.Split(": ", 2)).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var body = new StringBuilder();
        if (headers.TryGetValue("Content-Length", out var length))
        {
            body.Append(await ReadExactly(int.Parse(length, CultureInfo.InvariantCulture)));
        }
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            while (await ReadUntil("\r\n") is var size && size != "0\r\n")
            {
                body.Append(await ReadExactly(int.Parse(size.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
                await ReadUntil("\r\n");
            }

            await ReadUntil("\r\n");
        }

        return new RawResponse(status, headers, body.ToString());
    }

    public async Task<string> ReadExactly(int count)
    {
        while (_rest.Length < count)
            await ReadMore();
        var text = Encoding.Latin1.GetString(_rest, 0, count);
        _rest = _rest[count..];
        return text;
    }

    /// <summary>A response's status line and headers.</summary>
    public Task<string> ReadHead() => ReadUntil("\r\n\r\n");

    /// <summary>The SHA-256 of so many bytes, which are not kept.</summary>
    public async Task<string> ReadHash(long count)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (count > 0)
        {
            var some = await ReadSome();
            if (some.Length is 0)
                throw new EndOfStreamException($"The server has ended the connection {count} bytes too early.");
            hash.AppendData(some);
            count -= some.Length;
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Everything up to the end of the stream; null if that is a reset.</summary>
    public async Task<string?> ReadToEnd()
    {
        var text = new StringBuilder();
        try
        {
            while (await ReadSome() is { Length: > 0 } bytes)
                text.Append(Encoding.Latin1.GetString(bytes));
            return text.ToString();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Ends the sending half.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection by RST.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Dispose() => _stream.Dispose();

    private async Task<string> ReadUntil(string end)
    {
        var mark = Encoding.Latin1.GetBytes(end);
        while (true)
        {
            var at = _rest.AsSpan().IndexOf(mark);
            if (at >= 0)
                return await ReadExactly(at + mark.Length);
            await ReadMore();
        }
    }

    private async Task ReadMore()
    {
        var buffer = new byte[65536];
        var count = await _stream.ReadAsync(buffer).AsTask().Guarded();
        if (count == 0)
            throw new EndOfStreamException($"The server has ended the connection after: {Encoding.Latin1.GetString(_rest)}");
        _rest = [.. _rest, .. buffer.AsSpan(0, count)];
    }
}

public sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body);
