using System.Net;

namespace Tulip.Streams.Tests;

/// <summary>A server and its clients over real sockets, of either kind, inside one loop; all closed at the end.</summary>
internal sealed class Wire
{
    // A thousand clients connect at once.
    private static readonly ServerOptions s_options = new() { Backlog = 2048 };

    private readonly string _kind;
    private readonly string _path;
    private readonly List<AsyncStreamWriter> _clients = [];

    private Wire(string kind, string path)
    {
        _kind = kind;
        _path = path;
    }

    public static TheoryData<string> Kinds => ["tcp", "unix"];

    public Server Server { get; private set; } = null!;

    public int Port => ((IPEndPoint)Server.LocalEndPoints[0]).Port;

    /// <summary>Runs the body with a server; ends when all connections have gone.</summary>
    public static void Run(string kind, Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> client, Func<Wire, Coroutine> body, int limit = 64 * 1024)
    {
        var folder = Directory.CreateTempSubdirectory("streams-test-");
        try
        {
            LoopTest.RunInRealTime(async () =>
            {
                var wire = new Wire(kind, Path.Combine(folder.FullName, "socket"));
                wire.Server = kind == "tcp"
                    ? await StartServer(client, "127.0.0.1", 0, limit, s_options)
                    : await StartUnixServer(client, wire._path, limit, s_options);
                await body(wire);
                foreach (var writer in wire._clients)
                    await writer.DisposeAsync();
                wire.Server.Close();
                wire.Server.CloseClients();
                await wire.Server.WaitClosed();

                // The clients' tasks see the end a little later; one that never does is stopped by the guard.
                while (AllTasks(GetRunningLoop()).Count > 1)
                    await Sleep(0.001);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public async Coroutine<(AsyncStreamReader Reader, AsyncStreamWriter Writer)> Connect(int limit = 64 * 1024)
    {
        var streams = _kind == "tcp" ? await OpenConnection("127.0.0.1", Port, limit) : await OpenUnixConnection(_path, limit);
        _clients.Add(streams.Writer);
        return streams;
    }

    /// <summary>A client that is an ordinary socket.</summary>
    public System.Net.Sockets.Socket ConnectSocket()
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>What a server does that sends everything back.</summary>
    public static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        while (await reader.ReadLent() is { IsEmpty: false } data)
        {
            writer.Write(data.Span);
            await writer.Drain();
        }

        await writer.DisposeAsync();
    }
}
