using System.Text.RegularExpressions;
using Tour;

namespace Tulip.Programs.Tests;

public sealed partial class TourTests
{
    /// <summary>Each prints what the tutorials print, line by line.</summary>
    [Theory]
    [InlineData("hello")]
    [InlineData("states")]
    [InlineData("gather")]
    [InlineData("tasks")]
    [InlineData("depends")]
    [InlineData("nested")]
    [InlineData("callbacks")]
    [InlineData("async-with")]
    [InlineData("run-sync")]
    public void Stop_PrintsWhatTheTextsPrint(string name)
    {
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Recorded", $"tour-{name}.txt"));
        Assert.Equal(expected, Run($"{name} --virtual").Output.Select(line => SourceLine().Replace(line, ".cs:N")));
    }

    [Fact]
    public void AsyncFor_PrintsTheNumbersUpTo99() =>
        Assert.Equal(Enumerable.Range(1, 99).Select(number => $"{number}"), Run("async-for --virtual").Output);

    [Fact]
    public void ProducerConsumer_GeneratorAnswersEachValueAtOnce() => Assert.Equal(
        Enumerable.Range(1, 5).SelectMany(value => new[]
        {
            $"[PRODUCER] Producing {value}...", $"[CONSUMER] Consuming {value}...", "[PRODUCER] Consumer return: 200 OK",
        }),
        Run("producer-consumer --virtual").Output[..15]);

    [Fact]
    public void ProducerConsumer_QueueKeepsTheOrderAndRunsTheSameEachTime()
    {
        var lines = Run("producer-consumer --virtual").Output[15..];
        var items = Enumerable.Range(1, 10).ToList();
        Assert.Equal(items.Select(item => $"producing {item}/10"), lines.Where(line => line.StartsWith('p')));
        Assert.Equal(items.Select(item => $"consuming item {item}..."), lines.Where(line => line.StartsWith('c')));
        Assert.All(items, item => AssertOrder(lines, $"producing {item}/10", $"consuming item {item}..."));
        Assert.Equal(lines, Run("producer-consumer --virtual").Output[15..]);
    }

    [Fact]
    public void ThreadLoop_BlockingCallsGoOneByOne_CoroutinesTogether()
    {
        var lines = Run("thread-loop --virtual").Output;
        Assert.Equal("TIME: 0.00", lines[0]);
        Assert.Equal(["More work 6", "Finished more work 6", "More work 3", "Finished more work 3"], lines.Where(line => line.Contains("ore work")));
        Assert.Equal(["Waiting 6", "Waiting 4", "Done after 4s", "Done after 6s"], lines.Where(line => line.StartsWith("Waiting") || line.StartsWith("Done")));
        Assert.Contains("handle cancelled: True", lines);
        Assert.DoesNotContain("NEVER CALLED", lines);
        Assert.Equal("loop closed", lines[^1]);
        Assert.Equal(11, lines.Length);
    }

    [Fact]
    public void Executor_RunsEachFunctionOnceInItsThreads()
    {
        var lines = Run("executor --virtual").Output;
        var jobs = Enumerable.Range(0, 6).ToList();
        Assert.All(jobs, job =>
        {
            var own = lines.Where(line => line.Contains($" blocks({job}): ")).ToList();
            Assert.Equal(2, own.Count);
            Assert.Matches($@"^ThreadPoolExecutor-\d+_[0-2] +blocks\({job}\): running$", own[0]);
            Assert.Matches($@"^ThreadPoolExecutor-\d+_[0-2] +blocks\({job}\): done$", own[1]);
        });
        Assert.Equal(
            [
                "MainThread run_blocking_tasks: starting",
                "MainThread run_blocking_tasks: creating executor tasks",
                "MainThread run_blocking_tasks: waiting for executor tasks",
                "MainThread run_blocking_tasks: results: [0, 1, 4, 9, 16, 25]",
                "MainThread run_blocking_tasks: exiting",
            ],
            lines.Where(line => line.StartsWith("MainThread")));
    }

    [Fact]
    public void All_VisitsEveryStopInOrder()
    {
        var run = Run("all --virtual");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Stop.All.Select(stop => $"== {stop.Name}: {stop.Description}"), run.Output.Where(line => line.StartsWith("== ")));
    }

    [Fact]
    public void Source_OfEveryStopCanBeRead() => Assert.All(Stop.All, stop =>
    {
        var run = Run($"{stop.Name} --source");
        Assert.Contains($"internal static class {stop.File[..^3]}", run.Output);
    });

    [Theory]
    [InlineData("moon", "Unrecognized command or argument 'moon'.")]
    [InlineData("", "Required command was not provided.")]
    public void WrongCommandLine_SaysWhatToChange(string arguments, string message)
    {
        var run = Run(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([$"*** Usage error: {message}", "'Tour --help' explains its options, with examples."], run.Errors);
    }

    [Fact]
    public void Help_NamesEveryStop()
    {
        var help = string.Join('\n', Run("--help").Output);
        Assert.All(Stop.All, stop => Assert.Matches($@"\n  {stop.Name} +{Regex.Escape(stop.Description)}", help));
    }

    private static void AssertOrder(string[] lines, string before, string after) =>
        Assert.True(Array.IndexOf(lines, before) < Array.IndexOf(lines, after), $"'{before}' comes after '{after}'");

    private static ProgramRun Run(string arguments) => ProgramRun.Of((words, output, errors, _) => TourApp.Run(words, output, errors), arguments);

    [GeneratedRegex(@"\.cs:\d+")]
    private static partial Regex SourceLine();
}
