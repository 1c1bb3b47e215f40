using System.Net.Sockets;
using Tulip;

namespace Echoes;

/// <summary>The program behind its command line.</summary>
internal static class EchoApp
{
    private const string Usage = """
        usage: Echo serve [--style streams|protocol|udp] [--host HOST] [--port PORT] [--unix PATH] [--loops N] [--work N]
               Echo send  [--style streams|protocol|udp] [--host HOST] [--port PORT] [--unix PATH] [TEXT...]

        serve  sends everything back to whoever sent it, until Ctrl-C
        send   sends the words of the command line, or without any its standard input, and prints what comes back

          --style  streams, the default: a task for each connection, which reads and writes;
                   protocol: an object for each connection, which is called;
                   udp: datagrams instead of a connection
          --host   127.0.0.1 by default
          --port   7007 by default; 0 lets the system choose one, which serve prints
          --unix   a Unix socket instead of host and port
          --loops  serve with this many event loops, each on a thread of its own; 1 by default
          --work   hash what arrives this many times before it is sent back, so that there is something
                   to compute; 0 by default

        Exit codes: 0 done; 1 usage error, or the connection cannot be had; 130 Ctrl-C while sending.

        example: dotnet run --project samples/Echo -- serve
        """;

    public static int Run(string[] arguments, Stream input, Stream output, TextWriter error)
    {
        if (arguments is ["-h" or "--help"])
        {
            output.Write(System.Text.Encoding.UTF8.GetBytes(Usage + "\n"));
            return 0;
        }

        EchoOptions options;
        try
        {
            options = EchoOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            error.WriteLine($"*** Usage error: {exception.Message}");
            error.WriteLine(Usage);
            return 1;
        }

        try
        {
            Aio.Run(options.IsServer ? EchoServer.Serve(options, error) : EchoClient.Send(options, input, output));
            return 0;
        }
        catch (KeyboardInterruptException)
        {
            error.WriteLine(options.IsServer ? "\nServer shut down." : "\nInterrupted.");
            return options.IsServer ? 0 : 130;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            error.WriteLine($"*** {exception.Message}");
            return 1;
        }
    }
}
