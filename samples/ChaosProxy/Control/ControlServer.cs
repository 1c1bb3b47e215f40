// ControlServer: asks and changes the behaviours of a running proxy, over HTTP.
// Thread: the loop's.
using System.Text;
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>Vaurien's REST interface: <c>/behavior</c>, <c>/behaviors</c>, and <c>/statistics</c>.</summary>
internal sealed class ControlServer
{
    private const int MostBytes = 64 * 1024;
    private const double IdleSeconds = 30;

    private readonly ControlCommands _commands;
    private readonly ClientTasks _clients = new();
    private Server? _server;

    private ControlServer(ProxyParts parts) => _commands = new ControlCommands(parts);

    public int Port => ProxyServer.PortOf(_server!);

    public static async Coroutine<ControlServer> Start(HostAndPort address, ProxyParts parts)
    {
        var control = new ControlServer(parts);
        control._server = await StartServer((reader, writer) => control._clients.Run(control.Serve(reader, writer)), address.Host, address.Port);
        return control;
    }

    public Coroutine Stop() => _clients.End(_server!);

    private async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            var requests = new HttpPipe(reader, MostBytes);
            while (await WithTimeout(IdleSeconds, _ => Answer(requests, reader, writer)))
            {
                // The next one.
            }
        }
        catch (Exception exception) when (exception is TimeoutException || Trouble.IsOfConnection(exception))
        {
            // A client that is gone, or talks nonsense, is told by the connection's end.
        }
        finally
        {
            writer.Close();
        }
    }

    private async Coroutine<bool> Answer(HttpPipe requests, AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        if (await requests.ReadHead() is not { } bytes)
            return false;

        var request = HttpRequest.Parse(bytes);
        if (request.Body is { Kind: BodyKind.Chunked } or { Length: > MostBytes })
        {
            writer.Write(HttpReplies.Page(400));
            await writer.Drain();
            return false;
        }

        if (request.Head.HasElement("Expect", "100-continue"))
            writer.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
        var body = Encoding.UTF8.GetString(await reader.ReadExactly((int)request.Body.Length));
        var (status, json) = _commands.Answer(request.Method, request.Path, body);
        writer.Write(HttpReplies.Json(status, json, request.KeepsOpen));
        await writer.Drain();
        return request.KeepsOpen;
    }
}
