using System.Text;

namespace Tulip.ChaosProxy.Tests;

/// <summary>Servers behind the proxy.</summary>
internal static class Backends
{
    /// <summary>Sends everything back; the end too.</summary>
    public static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            while (await reader.ReadLent() is { IsEmpty: false } data)
            {
                writer.Write(data.Span);
                await writer.Drain();
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The proxy broke off.
        }

        writer.Close();
    }

    /// <summary>Answers each request with its method, target and body's length, and keeps the connection.</summary>
    public static async Coroutine Web(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            var pipe = new HttpPipe(reader, 4096);
            while (await pipe.ReadHead() is { } bytes)
            {
                var request = HttpRequest.Parse(bytes);
                var length = 0;
                await pipe.Pass(request.Body, writer: null, count => length += count);
                Answer(writer, $"{request.Method} {request.Target} {length}", request.KeepsOpen);
                await writer.Drain();
                if (!request.KeepsOpen)
                    break;
            }
        }
        catch (Exception exception) when (Trouble.IsOfConnection(exception))
        {
            // The proxy broke off.
        }

        writer.Close();
    }

    public static void Answer(AsyncStreamWriter writer, string body, bool keepsOpen = true) => writer.Write(Encoding.Latin1.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{(keepsOpen ? "" : "Connection: close\r\n")}\r\n{body}"));
}
