namespace Tulip.Samples.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("flags2 -m 0", "--max_req CONCURRENT must be >= 1")]
    [InlineData("flags2 -m -1", "--max_req CONCURRENT must be >= 1")]
    [InlineData("flags2 -m many", "--max_req CONCURRENT must be a whole number, not 'many'")]
    [InlineData("flags2 -al 0", "--limit N must be >= 1")]
    [InlineData("flags2 -s nowhere", "--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE")]
    [InlineData("flags2 -s 2", "--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE")]
    [InlineData("flags2 B4", "each CC argument must be A to Z or AA to ZZ.")]
    [InlineData("flags2 -s REMOTE", "--server REMOTE needs --url BASE, the address that {cc}/{cc}.gif is added to")]
    [InlineData("flags2 --url ftp://x/flags", "--url BASE must be an http or https address, such as http://localhost:8001/flags")]
    [InlineData("flags2 -s LOCAL --url http://x/flags", "--url BASE is the address of REMOTE; it cannot be used with --server LOCAL")]
    [InlineData("flags2 --mode fast", "--mode MODE must be one of asyncio, executor, files, sequential, threadpool")]
    [InlineData("flags2 --colour", "unrecognized arguments: --colour")]
    [InlineData("flags3 -m 0", "--max_req CONCURRENT must be >= 1")]
    [InlineData("sequential -s nowhere", "--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE")]
    public void WrongCommandLine_PrintsOneLineThenTheUsage(string arguments, string message)
    {
        using var run = FlagsRun.Of(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"*** Usage error: {message}", run.Output[0].Replace("localhost:#", "localhost:8001"));
        Assert.StartsWith($"usage: Flags {arguments.Split(' ')[0]} [-h]", run.Output[1]);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Files);
    }

    [Theory]
    [InlineData("flags2 -s LOCAL -al 3 -m 2")]
    [InlineData("flags2 -slocal -al3 -m2")]
    [InlineData("flags2 --server Local --all --limit 3 --max_req 2")]
    [InlineData("flags2 -a -l=3 --max-req=2")]
    public void Options_InEveryWayThatArgparseTakes_MeanTheSame(string arguments)
    {
        using var run = FlagsRun.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("Searching for 3 flags: AD, AE, AF", run.Output[1]);
        Assert.Equal("2 concurrent connections will be used.", run.Output[2]);
    }

    [Fact]
    public void Help_ShowsDefaultsExamplesAndExitCodes()
    {
        using var run = FlagsRun.Of("flags2 --help");
        var help = string.Join("\n", run.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[default: downloads/]", help);
        Assert.Contains("Flags flags2 -s ERROR -al 100 -m 100", help);
        Assert.Contains("130 interrupted", help);
    }
}
