using System.Diagnostics;
using Spinners;

namespace Tulip.Samples.Tests;

public sealed class SpinnerTests
{
    // Fast enough not to be felt, slow enough for a few frames.
    private static readonly Pace s_fast = new(Frame: TimeSpan.FromMilliseconds(2), Slow: TimeSpan.FromMilliseconds(100));
    private static readonly string s_back = new('\b', "| thinking!".Length);

    [Theory]
    [InlineData("thread", "spinner object: <Thread(spinner, initial)>")]
    [InlineData("asyncio", "spinner object: <Task pending name='Task-2' coro=<Spin()")]
    public void Spinner_TurnsWhileTheSlowFunctionRuns_ThenIsErased(string way, string first)
    {
        var output = Run(way, out var exitCode);
        Assert.Equal(0, exitCode);
        Assert.StartsWith(first, output);
        AssertTurning(output);
        Assert.EndsWith($"{s_back}{new string(' ', s_back.Length)}{s_back}Answer: 42\n", output);
    }

    [Fact]
    public void Experiment_BlockingSleep_ShowsNoFrameAndNeverTheLastLine()
    {
        var lines = Run("experiment", out _).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("spinner object: <Task pending name='Task-2' coro=<Spin()", lines[0]);
        Assert.Equal("Answer: 42", lines[1]);
    }

    [Fact]
    public void Process_AnswersAndEndsItsChild()
    {
        var output = Run("process", out var exitCode);
        Assert.Equal(0, exitCode);
        Assert.Equal("spinner object: <Process(spinner, initial)>\nAnswer: 42\n", output);
    }

    [Fact]
    public void PrimeProcess_LeavesTheLoopToTheSpinner()
    {
        var output = Run("prime-process", out _);
        AssertTurning(output);
        Assert.EndsWith("5,000,111,000,222,021 is prime\n", output);
    }

    [Fact]
    public void Prime_NapsLetTheSpinnerTurn()
    {
        var output = Run("prime", out _);
        AssertTurning(output);
        Assert.EndsWith("5,000,111,000,222,021 is prime\n", output);
    }

    /// <summary>The one spinner of which no part only waits: the program runs at its own pace here.</summary>
    [Fact]
    public async Task OutputThatIsNotATerminal_HasNoFrames()
    {
        using var process = Process.Start(new ProcessStartInfo(BuiltProgram.Path("Spinner"), ["prime-process"]) { RedirectStandardOutput = true })!;
        Assert.Equal("5,000,111,000,222,021 is prime\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", "which spinner?")]
    [InlineData("threads", "there is no spinner 'threads'")]
    public void WrongCommandLine_PrintsOneLineThenTheUsage(string arguments, string message)
    {
        using var errors = new StringWriter();
        var exitCode = SpinnerApp.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), TextWriter.Null, errors, s_fast);
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"*** Usage error: {message}\nusage: Spinner ", errors.ToString());
    }

    /// <summary>How many frames there is time for is the machine's affair; their order is not.</summary>
    private static void AssertTurning(string output)
    {
        const string cycle = @"|/-\";
        var frames = output.Split($" thinking!{s_back}")[..^1].Select(static text => text[^1]).ToArray();
        Assert.NotEmpty(frames);
        Assert.Equal(Enumerable.Range(0, frames.Length).Select(static i => cycle[i % cycle.Length]), frames);
    }

    private static string Run(string way, out int exitCode)
    {
        using var output = new StringWriter { NewLine = "\n" };
        exitCode = SpinnerApp.Run([way], output, TextWriter.Null, s_fast);
        return output.ToString();
    }
}
