using System.CommandLine;
using System.Net.Sockets;
using Samples;
using Tulip;

namespace ChaosProxy;

/// <summary>The whole program behind its command line, which is Vaurien's.</summary>
internal static class ChaosApp
{
    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "chaosproxy --protocol http --backend localhost:8001 --proxy localhost:8002 --behavior 100:delay --behavior-delay-sleep .5",
            "chaosproxy --protocol http --backend localhost:8001 --proxy localhost:8003 --behavior 25:error,50:delay --seed 53",
            "chaosproxy --backend localhost:5432 --behavior 1:blackout --http --statistics",
            "curl -X PUT -d '{\"name\":\"delay\",\"sleep\":2}' http://localhost:8080/behavior",
            "(from a clone: dotnet run --project samples/ChaosProxy -- --backend localhost:8001)",
        ],
    };

    /// <summary>Runs a command line and returns the process's exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, Surroundings surroundings)
    {
        var options = new CommandOptions();
        var root = new RootCommand("A proxy between a client and a server that delays, fails, hangs and breaks off, by percentage.");
        options.AddTo(root);
        root.SetAction(parsed => Serve(options.Read(parsed), options.LevelOf(parsed), options.ShowsStatistics(parsed), surroundings));
        return new CommandLineProgram(root, s_examples) { TroubleMeans = "usage error, or an address is taken" }
            .Run(arguments, surroundings.Out, surroundings.Error);
    }

    private static int Serve(ProxyOptions options, LogLevel least, bool showsStatistics, Surroundings surroundings)
    {
        var statistics = new ProxyStatistics();
        var chaos = new Chaos(options.Behaviours, options.BehaviourOptions, options.Seed);
        var live = showsStatistics && surroundings.IsTerminal
            ? new LiveStatistics(surroundings.CreateConsole(), surroundings.Out, statistics, () => chaos.Mix.ToString())
            : null;
        var log = new ProxyLog(Write, least, surroundings.Time);
        try
        {
            Aio.Run(ServeForever(new ProxyParts(options, chaos, statistics, log), live));
        }
        catch (KeyboardInterruptException)
        {
            // The way to end it.
        }
        catch (SocketException exception)
        {
            surroundings.Error.WriteLine($"*** Error: {exception.Message}");
            return CommandLineProgram.Trouble;
        }

        live?.Redraw();
        if (showsStatistics && live is null)
            surroundings.Out.WriteLine($"Statistics: {statistics}");
        live = null;
        log.Info("Bye!");
        return CommandLineProgram.Done;

        void Write(string line)
        {
            if (live is not null)
            {
                live.WriteAbove(line);
                return;
            }

            surroundings.Out.WriteLine(line);
            surroundings.Out.Flush();
        }
    }

    private static async Coroutine ServeForever(ProxyParts parts, LiveStatistics? live)
    {
        var proxy = await ProxyServer.Start(parts);
        try
        {
            await (live?.Run() ?? Forever());
        }
        finally
        {
            await proxy.Stop();
        }
    }

    private static async Coroutine Forever() => await Aio.GetRunningLoop().CreateFuture<Unit>();
}
