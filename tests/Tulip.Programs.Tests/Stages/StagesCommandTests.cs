using Stages;

namespace Tulip.Programs.Tests;

public sealed class StagesCommandTests
{
    [Fact]
    public void Compare_CallFails_ShowsWhatEachWayKnows()
    {
        var run = ProgramRun.Of(StagesApp.Run, "compare");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                "way        the caller     stage known  in hand  the loop's handler  trace leads to",
                "nested     heard nothing  no           -        has it              a lambda of Call",
                "chained    heard nothing  no           -        has it              a lambda of Call",
                "errors     caught it      yes          0        -                   Run",
                "futures    caught it      no           -        -                   Run",
                "coroutine  caught it      yes          3        -                   ThreeStages",
            ],
            run.Output);
    }

    [Fact]
    public void Run_TellsAtLengthWhoHearsWhat()
    {
        var nested = ProgramRun.Of(StagesApp.Run, "run nested --fault step").Output;
        Assert.Equal(
            [
                "nested: callbacks inside callbacks",
                "  the caller:          hears nothing; gave up after 0.8 s",
                "  the stages' code:    cannot report it",
                "  the loop's handler:  FormatException: step 2 cannot read 'response 2'",
            ],
            nested[..^1]);

        // Code that is optimized calls the last lambda as its own last act, and is not seen any more.
        Assert.Matches("^  the trace:           Step2 < a lambda of ThreeStages( < a lambda of Call)?$", nested[^1]);
        Assert.Equal(
            [
                "coroutine: one coroutine that awaits the calls",
                "  the caller:          FormatException: step 2 cannot read 'response 2', after 0.4 s",
                "  the stages' code:    stage 2 failed, in hand: 'request 1', 'response 1', 'request 2 after response 1', 'response 2'",
                "  the loop's handler:  hears nothing",
                "  the trace:           Step2 < ThreeStages",
            ],
            ProgramRun.Of(StagesApp.Run, "run coroutine --fault step").Output);
    }

    [Theory]
    [InlineData("run", "Required argument 'WAY' missing for command: 'run'.")]
    [InlineData("run yield", "Argument 'yield' not recognized. Must be one of: 'nested' 'chained' 'errors' 'futures' 'coroutine'")]
    [InlineData("compare --fault luck", "Argument 'luck' not recognized. Must be one of: 'none' 'call' 'step'")]
    [InlineData("compare --delay -1", "--delay SECONDS must be a number of seconds, 0 or more, not '-1'")]
    [InlineData("flags3 -m 0", "--max_req CONCURRENT must be a whole number, 1 or more, not '0'")]
    public void WrongCommandLine_SaysWhatToChange(string arguments, string message)
    {
        var run = ProgramRun.Of(StagesApp.Run, arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal($"*** Usage error: {message}", run.Errors[0]);
        Assert.EndsWith($"{arguments.Split(' ')[0]} --help' explains its options, with examples.", run.Errors[1]);
    }

    [Theory]
    [InlineData("--help", "Stages compare --fault step")]
    [InlineData("run --help", "Stages run nested --fault call")]
    [InlineData("flags3 -h", "Stages flags3 --way callbacks")]
    public void Help_HasExamplesAndExitCodes(string arguments, string example)
    {
        var run = ProgramRun.Of(StagesApp.Run, arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.Output, line => line.Contains(example, StringComparison.Ordinal));
        Assert.Contains("  130 interrupted by Ctrl-C", run.Output);
    }
}
