using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip.Load.Serve;

/// <summary><c>engine-echo</c>: the command line of the servers in <c>bench/peers</c>.</summary>
internal static class EngineEchoCommand
{
    public static Command Create(TextWriter output)
    {
        var engine = new Option<string>("--engine")
        {
            Description = "What to wait in: " + string.Join(", ", EngineSelector.Names) + ", or auto",
            DefaultValueFactory = _ => "auto",
        };
        var port = new Option<int>("--port") { Description = "TCP port on the loopback address; 0 for any" };
        var unix = new Option<string?>("--unix") { Description = "path of a Unix socket, instead of a port" };
        var command = new Command("engine-echo", "Serves echo on an engine alone, until it is ended.") { engine, port, unix };
        command.SetAction(parsed =>
        {
            EndPoint address = parsed.GetValue(unix) is { } path ? new UnixDomainSocketEndPoint(path) : new IPEndPoint(IPAddress.Loopback, parsed.GetValue(port));
            using var made = EngineSelector.Create(parsed.GetValue(engine));
            new EngineEcho(made).Run(address, () =>
            {
                output.WriteLine("ready");
                output.Flush();
            });
        });
        return command;
    }
}
