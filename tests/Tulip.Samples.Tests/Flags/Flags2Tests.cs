using Flags;

namespace Tulip.Samples.Tests;

public sealed class Flags2Tests
{
    [Theory]
    [InlineData("asyncio", 100)]
    [InlineData("executor", 100)]
    [InlineData("threadpool", 100)]
    [InlineData("sequential", 1)]
    public void ErrorServer_HundredFlags_GivesTheTextsCountsInEveryMode(string mode, int connections)
    {
        using var run = FlagsRun.Of($"flags2 -s ERROR -al 100 -m 100 --mode {mode}");
        Assert.Equal(
            [
                "ERROR site: http://localhost:#/flags",
                "Searching for 100 flags: from AD to LK",
                $"{connections} concurrent connection{(connections == 1 ? "" : "s")} will be used.",
                "--------------------",
                "73 flags downloaded.",
                "27 errors.",
                "Elapsed time: #s",
            ],
            run.Output);
        Assert.Empty(run.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(73, run.Files.Length);
    }

    [Fact]
    public void DelayServer_Letter_CountsWhatIsNotThere()
    {
        using var run = FlagsRun.Of("flags2 -s DELAY b");
        Assert.Equal(
            [
                "DELAY site: http://localhost:#/flags",
                "Searching for 26 flags: from BA to BZ",
                "5 concurrent connections will be used.",
                "--------------------",
                "17 flags downloaded.",
                "9 not found.",
                "Elapsed time: #s",
            ],
            run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void LocalServer_NothingAsked_GetsTheTwentyAndSavesThemWhole()
    {
        using var run = FlagsRun.Of("flags2");
        Assert.Equal(
            [
                "LOCAL site: http://localhost:#/flags",
                "Searching for 20 flags: from BD to VN",
                "5 concurrent connections will be used.",
                "--------------------",
                "20 flags downloaded.",
                "Elapsed time: #s",
            ],
            run.Output);
        Assert.Equal(20, run.Files.Length);
        Assert.Equal(
            CountryTable.Image("BR"), File.ReadAllBytes(Path.Combine(run.Folder, "br.gif")));
    }

    [Fact]
    public void OneFlag_IsNotPlural()
    {
        using var run = FlagsRun.Of("flags2 br");
        Assert.Equal("Searching for 1 flag: BR", run.Output[1]);
        Assert.Equal("1 concurrent connection will be used.", run.Output[2]);
        Assert.Equal("1 flag downloaded.", run.Output[4]);
    }

    [Fact]
    public void Verbose_TellsOfEachFlag()
    {
        using var run = FlagsRun.Of("flags2 -v -s ERROR --mode sequential ad ae lr zz");
        Assert.Equal("Searching for 4 flags: AD, AE, LR, ZZ", run.Output[1]);
        var lines = run.Output[3..7];
        Assert.Equal(["AD", "AE", "LR", "ZZ"], lines.Select(CodeOf));
        Assert.All(lines, line => Assert.Matches(@"^([A-Z]{2} OK|ZZ not found|\*\*\* Error for [A-Z]{2}: HTTP error 50[0-3] - \w.*)$", line));
    }

    [Theory]
    [InlineData("asyncio", "HTTP error 50")]
    [InlineData("threadpool", "HTTP 50")]
    [InlineData("sequential", "HTTP error 50")]
    public void Verbose_Errors_ReadAsInTheTextsProgram(string mode, string start)
    {
        using var run = FlagsRun.Of($"flags2 -v -s ERROR -al 30 -m 30 --mode {mode}");
        var errors = run.Output.Where(line => line.StartsWith("*** Error for ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(errors);
        Assert.All(errors, line => Assert.StartsWith(start, line.Split(": ")[1]));
    }

    [Fact]
    public void Seed_DecidesWhichFlagsFail()
    {
        using var first = FlagsRun.Of("flags2 -s ERROR -a -m 194 --seed 1");
        using var again = FlagsRun.Of("flags2 -s ERROR -a -m 194 --seed 1 --mode executor");
        using var other = FlagsRun.Of("flags2 -s ERROR -a -m 194 --seed 2");
        Assert.Equal(first.Files, again.Files);
        Assert.NotEqual(first.Files, other.Files);
    }

    [Theory]
    [InlineData("asyncio")]
    [InlineData("threadpool")]
    public void ViaProxy_FailsTheSameFlags_AsTheServerAlone(string mode)
    {
        using var alone = FlagsRun.Of($"flags2 -v -s ERROR -al 100 -m 100 --mode {mode}");
        using var proxied = FlagsRun.Of($"flags2 -v -s ERROR -al 100 -m 100 --mode {mode} --via-proxy");
        Assert.Contains("73 flags downloaded.", proxied.Output);
        Assert.Equal(alone.Files, proxied.Files);

        // Which error it is, too.
        Assert.Equal(alone.Output.Order(StringComparer.Ordinal), proxied.Output.Order(StringComparer.Ordinal));
        Assert.Empty(proxied.Errors);
    }

    [Fact]
    public void ViaProxy_OtherSites_AreSlowOrPrompt()
    {
        using var delayed = FlagsRun.Of("flags2 -s DELAY b --via-proxy");
        Assert.Equal(["17 flags downloaded.", "9 not found."], delayed.Output[4..6]);
        using var local = FlagsRun.Of("asyncio -s LOCAL --via-proxy");
        Assert.Equal(20, local.Files.Length);
    }

    [Theory]
    [InlineData("sequential")]
    [InlineData("threadpool")]
    [InlineData("asyncio")]
    public void SimpleProgram_PrintsTheCodesAndTheTime(string program)
    {
        using var run = FlagsRun.Of($"{program} -s LOCAL");
        Assert.Equal(2, run.Output.Length);
        Assert.Equal(CountryCodes.Pop20, run.Output[0].Trim().Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal("20 flags downloaded in #s", run.Output[1]);
        Assert.Equal(20, run.Files.Length);
    }

    [Fact]
    public void Flags3_SavesUnderTheCountrysName()
    {
        using var run = FlagsRun.Of("flags3 us ci cd zz");
        Assert.Equal(
            ["Cote_d'Ivoire-CI.gif", "Democratic_Republic_of_the_Congo-CD.gif", "United_States-US.gif"], run.Files);
        Assert.Equal(["3 flags downloaded.", "1 not found."], run.Output[4..6]);
    }

    private static string CodeOf(string line) => line.Replace("*** Error for ", "")[..2];
}
