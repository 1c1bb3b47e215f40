using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using static Tulip.Aio;

namespace CharFinder;

/// <summary><c>charfinder web [--address ADDRESS] [--port PORT]</c>: serves browsers.</summary>
internal static class WebCommand
{
    /// <summary>Its name, which is also a word of a character's name: SPIDER WEB.</summary>
    public const string Name = "web";

    private const string UsualAddress = "127.0.0.1";
    private const int UsualPort = 8888;

    public static Command Create(Func<ParseResult, SharedIndex> openIndex, Surroundings surroundings)
    {
        var address = new Option<string>("--address")
        {
            HelpName = "ADDRESS",
            Description = "where to listen; 0.0.0.0 for other machines too",
            DefaultValueFactory = _ => UsualAddress,
        };
        var port = new Option<int>("--port")
        {
            HelpName = "PORT",
            Description = "the port, 1 to 65535; 0 for one that is free",
            DefaultValueFactory = _ => UsualPort,
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var number) || number is < IPEndPoint.MinPort or > IPEndPoint.MaxPort))
                result.AddError($"--port PORT must be a whole number from 0 to 65535, not '{token.Value}'");
        });
        var command = new Command(Name, "Serve a page that searches, and a JSON API, to browsers. The word itself: charfinder -- web") { address, port };
        command.SetAction(parsed => Serve(
            new WebFinder(openIndex(parsed), surroundings.Out), parsed.GetValue(address)!, parsed.GetValue(port), surroundings.Error));
        return command;
    }

    private static int Serve(WebFinder finder, string address, int port, TextWriter error)
    {
        try
        {
            Run(finder.Serve(address, port));
            return ExitCode.Done;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            error.WriteLine($"*** Error: cannot listen at {address}, port {port}: {exception.Message}");
            return ExitCode.Trouble;
        }
    }
}
