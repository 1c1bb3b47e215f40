using System.CommandLine;
using Tulip.Engines;

namespace Tulip.Load.Serve;

/// <summary>The command line of the servers.</summary>
internal static class ServeCommand
{
    public static Command Create(TextWriter output)
    {
        var port = new Option<int>("--port") { Description = "The port at 127.0.0.1; 0 for any, printed behind ready" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
                result.AddError("--port must be a number from 0 to 65535.");
        });
        var path = new Option<string?>("--unix") { Description = "The path of a Unix socket, instead of a port", HelpName = "PATH" };
        var style = Choice("--style", "How the server is written", "protocol", EchoServer.Styles);
        var engine = Choice("--engine", "What the loop does its I/O with", "auto", ["auto", .. EngineSelector.Names]);

        var tls = new Option<string?>("--tls") { Description = "The path of a certificate with its key, to serve TLS", HelpName = "PEM" };

        var echo = new Command("echo", "Sends back what it gets.") { port, path, style, engine, tls };
        echo.SetAction(parsed => new EchoServer(
            parsed.GetValue(port), parsed.GetValue(path), parsed.GetRequiredValue(style), parsed.GetRequiredValue(engine), parsed.GetValue(tls)).Run(output));

        var transport = Choice("--transport", "What carries Kestrel's connections", "tulip", HttpServer.Transports);
        var loops = new Option<int>("--loops") { Description = "For tulip: how many event loops, each on a thread of its own", DefaultValueFactory = static _ => 1 };
        loops.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1024)
                result.AddError("--loops must be a number from 1 to 1024.");
        });
        var http = new Command("http", "Kestrel: GET / gives a text of 13 bytes, /json an object, /1mb a mebibyte.") { port, transport, loops, engine };
        http.SetAction(parsed => new HttpServer(
            parsed.GetValue(port), parsed.GetRequiredValue(transport), parsed.GetValue(loops), parsed.GetRequiredValue(engine)).Run(output));
        var udp = new Command("udp-echo", "Sends datagrams back.") { port, engine };
        udp.SetAction(parsed => new UdpEchoServer(parsed.GetValue(port), parsed.GetRequiredValue(engine)).Run(output));
        return new Command("serve", "Serves a load generator in another process: prints 'ready' when it listens, ends on SIGTERM or SIGINT.") { echo, http, udp };
    }

    private static Option<string> Choice(string name, string description, string initial, IReadOnlyList<string> choices)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            DefaultValueFactory = _ => initial,
        };
        option.AcceptOnlyFromAmong([.. choices]);
        return option;
    }
}
