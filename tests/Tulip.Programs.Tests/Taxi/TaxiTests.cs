using Taxis;

namespace Tulip.Programs.Tests;

public sealed class TaxiTests
{
    /// <summary>The outputs were recorded with the texts' program under Python; the first is printed in the texts.</summary>
    [Theory]
    [InlineData("-s 3 -e 120", "taxi_sim_s_3_e_120")]
    [InlineData("--seed 10 --taxis 2", "taxi_sim_s_10_t_2")]
    [InlineData("-s 42 -t 12 -e 60", "taxi_sim_s_42_t_12_e_60")]
    public void SameSeed_GivesTheDayThatPythonGives(string arguments, string recorded)
    {
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Recorded", $"{recorded}.txt"));
        var run = Run(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected, run.Output);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void EndTime_TheEventThatReachesItIsTheLastOne()
    {
        Assert.Equal(
            ["taxi: 1     Event(time=110, proc=1, action='going home')", "*** end of simulation time: 0 events pending ***"],
            Run("-s 3 -e 110").Output[^2..]);
        Assert.Equal("*** end of events ***", Run("-s 3 -e 111").Output[^1]);
    }

    [Theory]
    [InlineData("-e 0", "*** end of simulation time: 3 events pending ***")]
    [InlineData("-e 0 -t 0", "*** end of simulation time: 0 events pending ***")]
    [InlineData("-t 0", "*** end of events ***")]
    public void NothingToSimulate_OnlyTheEndIsTold(string arguments, string line) => Assert.Equal([line], Run(arguments).Output);

    [Fact]
    public void NoSeed_GivesAnotherDayEachTime() => Assert.NotEqual(Run("-t 5").Output, Run("-t 5").Output);

    [Fact]
    public void Watched_TheEventsAreTheSameAndTakeTheirTime()
    {
        var time = new JumpingTime();
        var run = Run("-s 3 -e 120 --minute 0.5", time);
        Assert.Equal(Run("-s 3 -e 120").Output, run.Output);
        Assert.Equal(TimeSpan.FromSeconds(110 * 0.5), time.Elapsed);
    }

    [Fact]
    public void Watched_WhoIsLateCatchesUpInTheSameOrder()
    {
        var time = new JumpingTime { LatenessOfTimers = TimeSpan.FromSeconds(7) };
        Assert.Equal(Run("-s 3 -e 120").Output, Run("-s 3 -e 120 --minute 0.5", time).Output);
    }

    [Fact]
    public void OutputThatFails_EndsTheProgramWithThatFailure()
    {
        var plan = new FleetPlan(EndTime: 180, Taxis: 3, Seed: 3);
        var failure = Assert.Throws<AggregateException>(() => Simulation.Run(plan, new FullDisk()));
        Assert.IsType<IOException>(Assert.Single(failure.InnerExceptions));
    }

    [Theory]
    [InlineData("-t many", "--taxis N must be a whole number, 0 or more, not 'many'")]
    [InlineData("-t 10001", "--taxis N must be 10000 or less")]
    [InlineData("-e -1", "--end-time MINUTES must be a whole number, 0 or more, not '-1'")]
    [InlineData("-s 3.5", "--seed N must be a whole number, 0 or more, not '3.5'")]
    [InlineData("now", "Unrecognized command or argument 'now'.")]
    public void WrongCommandLine_SaysWhatToChange(string arguments, string message)
    {
        var run = Run(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([$"*** Usage error: {message}", "'Taxi --help' explains its options, with examples."], run.Errors);
    }

    private static ProgramRun Run(string arguments, TimeProvider? time = null) =>
        ProgramRun.Of((words, output, errors, _) => TaxiApp.Run(words, output, errors, time), arguments);

    /// <summary>Time that jumps to whatever is waited for.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _now;

        public TimeSpan LatenessOfTimers { get; init; }

        public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _now));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
                return new DoneTimer();

            Interlocked.Add(ref _now, (dueTime + LatenessOfTimers).Ticks);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new DoneTimer();
        }

        private sealed class DoneTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => false;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    private sealed class FullDisk : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
