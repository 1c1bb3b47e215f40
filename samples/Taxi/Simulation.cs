using Tulip;
using static Tulip.Aio;

namespace Taxis;

/// <summary>
/// A fleet of taxis, each a coroutine that sleeps through its trips. The simulator of the texts, with its queue of events
/// and its main loop, is the event loop itself.
/// </summary>
internal sealed class Simulation
{
    /// <summary>The most taxis whose turns in a minute can be told apart.</summary>
    public const int MostTaxis = 10_000;

    private const int SearchDuration = 5;
    private const int TripDuration = 20;
    private const int HomeDuration = 1;

    private readonly FleetPlan _plan;
    private readonly TextWriter _output;
    private readonly SimulatedClock _clock;
    private readonly PythonRandom _random;
    private int _onTheRoad;
    private bool _isTimeUp;

    private Simulation(FleetPlan plan, TextWriter output, WatchersPace? pace)
    {
        _plan = plan;
        _output = output;
        _clock = new SimulatedClock(pace);
        _random = new PythonRandom(plan.Seed);
        _onTheRoad = plan.Taxis;
    }

    /// <summary>Simulates until all taxis are home or the time is up, on a loop of its own.</summary>
    /// <param name="plan">What to simulate.</param>
    /// <param name="output">Where each event is told.</param>
    /// <param name="pace">Holds the simulation back for those who watch; null: it takes no time.</param>
    public static void Run(FleetPlan plan, TextWriter output, WatchersPace? pace = null) =>
        Aio.Run(() => new Simulation(plan, output, pace).Run(), () => new EventLoop(new VirtualClock()));

    private async Coroutine Run()
    {
        _isTimeUp = _plan.EndTime <= 0;
        if (!_isTimeUp)
            await TaskGroup.Run(SendOut);

        _output.WriteLine(_isTimeUp
            ? $"*** end of simulation time: {_onTheRoad} events pending ***"
            : "*** end of events ***");
    }

    private async Coroutine SendOut(TaskGroup fleet)
    {
        for (var taxi = 0; taxi < _plan.Taxis; taxi++)
            _ = fleet.CreateTask(Drive(taxi, fleet), name: $"taxi {taxi}");
    }

    private async Coroutine Drive(int taxi, TaskGroup fleet)
    {
        var time = FleetPlan.StartOf(taxi);
        await Reach(time, taxi, fleet, "leave garage");
        for (var trip = 0; trip < FleetPlan.TripsOf(taxi); trip++)
        {
            time += Duration(SearchDuration);
            await Reach(time, taxi, fleet, "pick up passenger");
            time += Duration(TripDuration);
            await Reach(time, taxi, fleet, "drop off passenger");
        }

        time += Duration(SearchDuration);
        await Reach(time, taxi, fleet, "going home");

        // Nobody sees it arrive; the draw keeps the others' days those of the texts.
        Duration(HomeDuration);
        _onTheRoad--;
    }

    private async Coroutine Reach(int time, int taxi, TaskGroup fleet, string action)
    {
        await _clock.Until(time, taxi);

        var indent = string.Concat(Enumerable.Repeat("   ", taxi));
        _output.WriteLine($"taxi: {taxi} {indent} Event(time={time}, proc={taxi}, action='{action}')");

        // The event that reaches the end is still told; after it all taxis stop where they are, this one at its next await.
        if (time >= _plan.EndTime)
        {
            _isTimeUp = true;
            fleet.Cancel();
        }
    }

    private int Duration(int mean) => (int)_random.NextExponential(1.0 / mean) + 1;
}
