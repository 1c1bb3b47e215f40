// SoakRun: rounds of visits, and a census after each.
// Thread: the loop's.
//   1. A round's workers make visits until its time is over, each with chance of its own from the round's seed.
//   2. After a round everything that was begun has ended: the census is that of the first round, which warms up, or the run fails.
//   3. The exception handler is told nothing: trouble that a peer makes is the visitor's to see.
using System.Diagnostics;
using Tulip.Engines;

namespace Tulip.Soak;

/// <summary>Something was lost, left behind or wrong; the message says what, and the seed.</summary>
internal sealed class SoakException(string message) : Exception(message);

internal sealed class SoakRun(int seed, int workers, Action<string> say)
{
    private const double RoundSeconds = 5;
    private const double Guard = 60;

    private readonly List<LoopErrorContext> _reports = [];
    private readonly Tally _tally = new();

    public void Run(TimeSpan duration)
    {
        using var engine = EngineSelector.Create();
        say($"seed {seed}, {workers} visits at a time, {duration.TotalSeconds:0.#} s, engine {engine.Name}");
        using (var loop = new EventLoop(engine: engine))
        {
            loop.ExceptionHandler = (_, report) => _reports.Add(report);
            loop.RunUntilComplete(Rounds(engine, duration));
        }

        var children = Census.ListChildren();
        if (children.Count > 0)
            throw new SoakException($"Seed {seed}: children are left: {string.Join(", ", children)}.");
        say($"nothing was lost or left: {_tally}");
    }

    private async Coroutine Rounds(IIoEngine engine, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        await using var places = await Places.Open(engine, seed);
        Census? first = null;
        for (var round = seed; first is null || clock.Elapsed < duration; round++)
        {
            var left = (duration - clock.Elapsed).TotalSeconds;
            await Round(places, round, Math.Clamp(left, 1, RoundSeconds));
            await TryDatagrams(places, round);
            var census = await Settle(engine, places, round, first);
            first ??= census;
            say($"{clock.Elapsed:mm\\:ss}  {_tally}  |  {census}");
        }
    }

    private async Coroutine Round(Places places, int round, double seconds)
    {
        var clock = Stopwatch.StartNew();
        places.BeginRound(round);
        try
        {
            await FailAfter(seconds + Guard, _ => TaskGroup.Run(async group =>
            {
                for (var worker = 0; worker < workers; worker++)
                {
                    var visitor = new Visitor(places, new Random((round * 1000) + worker), _tally);
                    group.StartSoon(visitor.Work(() => clock.Elapsed.TotalSeconds < seconds));
                }

                await Sleep(0);
            }));
        }
        catch (TimeoutException)
        {
            throw new SoakException($"Seed {round}: a visit does not end.\n{FormatTaskTree(GetRunningLoop())}");
        }
        catch (AggregateException exception) when (exception.Flatten().InnerExceptions.FirstOrDefault() is { } inner)
        {
            throw inner as SoakException is { } wrong ? new SoakException($"Seed {round}: {wrong.Message}") : new SoakException($"Seed {round}: {inner}");
        }
    }

    /// <summary>Nobody is sure that a datagram arrives, so a visit may end without: now one has to, or the echo has lost its memory.</summary>
    private async Coroutine TryDatagrams(Places places, int round)
    {
        try
        {
            await FailAfter(Guard, async _ => await new DatagramVisit(places.Datagrams, new Random(round), _tally).ByEndpoint(isConnected: false));
        }
        catch (TimeoutException)
        {
            throw new SoakException($"Seed {round}: the echo of datagrams is silent.");
        }
    }

    /// <summary>Waits until everything that a round began has ended; what is there then.</summary>
    private async Coroutine<Census> Settle(IIoEngine engine, Places places, int round, Census? first)
    {
        // Ends that other processes bring about come when they come.
        var clock = Stopwatch.StartNew();
        Census census;
        string? difference;
        do
        {
            await Sleep(0.02);
            census = Census.Take(GetRunningLoop(), engine, places.Folder);
            difference = first is null ? census.Unsettled(places) : census.Difference(first);
        }
        while (difference is not null && clock.Elapsed.TotalSeconds < Guard / 4);

        if (_reports.Count > 0)
            throw new SoakException($"Seed {round}: the exception handler was told: {string.Join('\n', _reports)}");
        if (difference is not null)
        {
            var transports = LoopTransports.Of(GetRunningLoop()).All.Select(static transport => $"{transport} of {transport.GetProtocol()}");
            throw new SoakException(
                $"Seed {round}: left after a round: {difference}.\nThen: {first}\nNow:  {census}\n{string.Join('\n', transports)}\n{string.Join('\n', Census.DescriptorTargets().Order(StringComparer.Ordinal))}\n{FormatTaskTree(GetRunningLoop())}");
        }

        return census;
    }
}
