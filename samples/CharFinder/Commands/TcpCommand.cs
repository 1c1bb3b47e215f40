using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using static Tulip.Aio;

namespace CharFinder;

/// <summary><c>charfinder tcp [ADDRESS [PORT]]</c>: serves telnet and nc.</summary>
internal static class TcpCommand
{
    private const string UsualAddress = "127.0.0.1";
    private const int UsualPort = 2323;

    public static Command Create(Func<ParseResult, SharedIndex> openIndex, Surroundings surroundings)
    {
        var address = new Argument<string>("ADDRESS")
        {
            Description = "where to listen",
            DefaultValueFactory = _ => UsualAddress,
        };
        var port = new Argument<int>("PORT")
        {
            Description = "the port, 1 to 65535; 0 for one that is free",
            DefaultValueFactory = _ => UsualPort,
        };
        port.Validators.Add(result =>
        {
            // There is none if the usual port is meant.
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var number) || number is < IPEndPoint.MinPort or > IPEndPoint.MaxPort))
                result.AddError($"PORT must be a whole number from 0 to 65535, not '{token.Value}'");
        });
        var command = new Command("tcp", "Serve queries, a line each, to telnet and nc.") { address, port };
        command.SetAction(parsed => Serve(
            new TcpFinder(openIndex(parsed), surroundings.Out), parsed.GetValue(address)!, parsed.GetValue(port), surroundings.Error));
        return command;
    }

    private static int Serve(TcpFinder finder, string address, int port, TextWriter error)
    {
        try
        {
            Run(finder.Serve(address, port));
            return ExitCode.Done;
        }
        catch (SocketException exception)
        {
            error.WriteLine($"*** Error: cannot listen at {address}, port {port}: {exception.Message}");
            return ExitCode.Trouble;
        }
    }
}
