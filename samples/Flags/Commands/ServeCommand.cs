using System.CommandLine;
using System.Runtime.InteropServices;
using Samples;

namespace Flags;

/// <summary><c>serve</c>: one built-in server alone, for curl, Python or a browser.</summary>
internal static class ServeCommand
{
    private const int AnyPort = -1;

    public static Command Create(Surroundings surroundings)
    {
        var kind = new Option<string>("--kind")
        {
            HelpName = "KIND",
            Description = "LOCAL answers at once, DELAY after a while, ERROR fails a quarter and delays half",
            DefaultValueFactory = _ => nameof(ServerKind.LOCAL),
        };
        var port = new Option<int>("--port")
        {
            HelpName = "N",
            Description = "port on 127.0.0.1, 0 for a free one [default: 8001 LOCAL, 8002 DELAY, 8003 ERROR; a free one when taken]",
            DefaultValueFactory = _ => AnyPort,
        }.Whole();
        var delay = new Option<double?>("--delay")
        {
            HelpName = "S",
            Description = "how late late answers are, in seconds [default: 0.5]",
        }.Real();
        var errors = new Option<double?>("--error-rate")
        {
            HelpName = "P",
            Description = "share of requests that fail, 0 to 1 [default: 0.25 for ERROR]",
        }.Real();
        var seed = new Option<int>("--seed")
        {
            HelpName = "N",
            Description = "seed of the draw: the same seed fails the same paths",
            DefaultValueFactory = _ => Behaviour.DefaultSeed,
        }.Whole();

        var command = new Command("serve", "Run one of the built-in servers until Ctrl-C.") { kind, port, delay, errors, seed };
        command.SetAction(parsed =>
        {
            var server = ParseKind(parsed.GetRequiredValue(kind));
            var behaviour = Read(server, parsed.GetValue(delay), parsed.GetValue(errors), parsed.GetValue(seed));
            var number = parsed.GetResult(port) is { Implicit: false } ? parsed.GetValue(port) : AnyPort;
            if (number is not AnyPort and (< 0 or > 65535))
                throw new UsageException("--port N must be 0 to 65535");
            return Serve(server, number, behaviour, surroundings).GetAwaiter().GetResult();
        });
        return command;
    }

    private static ServerKind ParseKind(string name) => name.ToUpperInvariant() switch
    {
        nameof(ServerKind.LOCAL) => ServerKind.LOCAL,
        nameof(ServerKind.DELAY) => ServerKind.DELAY,
        nameof(ServerKind.ERROR) => ServerKind.ERROR,
        _ => throw new UsageException("--kind KIND must be one of DELAY, ERROR, LOCAL"),
    };

    private static Behaviour Read(ServerKind kind, double? delay, double? errorRate, int seed)
    {
        if (delay is < 0 or > 3600 or double.NaN)
            throw new UsageException("--delay S must be 0 to 3600 seconds");
        if (errorRate is < 0 or > 1 or double.NaN)
            throw new UsageException("--error-rate P must be 0 to 1");

        TimeSpan? wait = delay is null ? null : TimeSpan.FromSeconds(delay.Value);
        var behaviour = Behaviour.Of(kind, seed, wait);
        return errorRate is null ? behaviour : behaviour with { ErrorShare = errorRate.Value };
    }

    private static async Task<int> Serve(ServerKind kind, int port, Behaviour behaviour, Surroundings surroundings)
    {
        FlagServer server;
        try
        {
            server = port is AnyPort
                ? await FlagServer.StartNear(FlagServer.UsualPort(kind), behaviour)
                : await FlagServer.Start(port, behaviour);
        }
        catch (IOException)
        {
            surroundings.Error.WriteLine($"*** Error: port {port} is taken; choose another, or leave --port away");
            return ExitCode.Trouble;
        }

        await using (server)
        {
            using var stop = new StopSignals();
            surroundings.Out.WriteLine($"{kind} server: {server.Url} (try {server.Url}/br/br.gif). Ctrl-C stops it.");
            surroundings.Out.Flush();
            await stop.Received;
        }

        surroundings.Out.WriteLine("Server stopped.");
        return ExitCode.Done;
    }

    private sealed class StopSignals : IDisposable
    {
        private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly PosixSignalRegistration[] _registrations;

        public StopSignals() => _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
        ];

        public Task Received => _received.Task;

        public void Dispose()
        {
            foreach (var registration in _registrations)
                registration.Dispose();
        }

        private void Receive(PosixSignalContext signal)
        {
            signal.Cancel = true;
            _received.TrySetResult();
        }
    }
}
