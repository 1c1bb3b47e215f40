using System.Text.RegularExpressions;
using Evolution;

namespace Tulip.Programs.Tests;

public sealed partial class EvolutionCommandTests
{
    [Fact]
    public void Table_StandsBesideTheTextsFigures()
    {
        var run = Run("coroutines busy callbacks threads blocking generators --delay 0.01 --pages 3");
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        Assert.Equal(
            [
                "way here the texts",
                "blocking # s 4.5 s one page after the other",
                "threads # s 0.43 s a thread for each page",
                "busy # s 4.3 s sockets that do not block, asked until they are ready (# times in vain)",
                "callbacks # s 0.45 s select, and a callback for each socket that is ready",
                "generators # s - futures, tasks and a loop by hand, over generators",
                "coroutines # s - Tulip",
            ],
            run.Output.Select(line => Spaces().Replace(Measured().Replace(line, "#"), " ")));
    }

    [Theory]
    [InlineData("telepathy", "Argument 'telepathy' not recognized. Must be one of: 'blocking' 'processes' 'threads' 'busy' 'callbacks' 'generators' 'delegation' 'tornado' 'coroutines'")]
    [InlineData("--pages 0", "--pages N must be a whole number, 1 or more, not '0'")]
    [InlineData("--pages 201", "--pages N must be 200 or less: the processes and threads are as many")]
    [InlineData("--delay slow", "--delay SECONDS must be a number of seconds, 0 or more, not 'slow'")]
    public void WrongCommandLine_SaysWhatToChange(string arguments, string message)
    {
        var run = Run(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([$"*** Usage error: {message}", "'Evolution --help' explains its options, with examples."], run.Errors);
    }

    [Fact]
    public void Help_HasExamplesAndExitCodes()
    {
        var run = Run("--help");
        Assert.Contains("  Evolution blocking busy              two that take their time", run.Output);
        Assert.Contains("  1 usage error, or a page could not be had", run.Output);
    }

    private static ProgramRun Run(string arguments) => ProgramRun.Of((words, output, errors, _) => EvolutionApp.Run(words, output, errors), arguments);

    [GeneratedRegex(@"(?<=^\w+ +)\d+\.\d\d|(?<=\()[\d,]+")]
    private static partial Regex Measured();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
