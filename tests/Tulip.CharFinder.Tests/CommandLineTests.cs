using System.Diagnostics;
using System.Text;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class CommandLineTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    [Fact]
    public void Words_PrintLinesThenTheStatusInBrackets()
    {
        using var run = FinderRun.Of("Chess black rotated bishop ninety");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["U+1FA12\t🨒\tBLACK CHESS BISHOP ROTATED NINETY DEGREES", "(1 match for 'Chess black rotated bishop ninety')"], run.Output);
        Assert.Empty(run.Errors);
    }

    [Theory]
    [InlineData("qwertyuiop", "(No match for 'qwertyuiop')")]
    [InlineData("it's", "(No match for \"it's\")")]
    [InlineData("black words", "(No match for 'black words')")]
    [InlineData("sun --start 17", "(17 matches for 'sun')")]
    public void NothingToShow_PrintsOnlyTheStatus(string arguments, string status)
    {
        using var run = FinderRun.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal([status], run.Output);
    }

    [Fact]
    public void StartAndStop_PrintAPageAndCountAll()
    {
        using var run = FinderRun.Of("--start 9000 cjk --stop 9002");
        Assert.Equal(3, run.Output.Length);
        Assert.Equal("U+56D1 \t囑\tCJK UNIFIED IDEOGRAPH-56D1", run.Output[0]);
        Assert.Equal("(98885 matches for 'cjk')", run.Output[2]);
    }

    [Fact]
    public void MojifinderStyle_PrintsPlainCodesAndARule()
    {
        using var run = FinderRun.Of("--style MojiFinder king black");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("U+265A\t♚\tBLACK CHESS KING", run.Output);
        Assert.Equal($"{new string('─', 66)} {run.Output.Length - 1} found", run.Output[^1]);
    }

    [Fact]
    public void NoWords_PrintTheUsageAndAHint()
    {
        using var run = FinderRun.Of("");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("Usage: charfinder word1 [word2]...", run.Output[0]);
        Assert.Contains("charfinder --help", run.Output[1]);
    }

    [Fact]
    public void NoWords_InMojifinderStyle_AskForSome()
    {
        using var run = FinderRun.Of("--style mojifinder");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(["Please give one or more words to search."], run.Output);
    }

    [Theory]
    [InlineData("--start -1 sun", "--start N must be a whole number, 0 or more, not '-1'")]
    [InlineData("sun --stop many", "--stop N must be a whole number, 0 or more, not 'many'")]
    [InlineData("words --top 1.5", "--top N must be a whole number, 0 or more, not '1.5'")]
    [InlineData("--style 1 sun", "--style STYLE must be charfinder or mojifinder")]
    [InlineData("--colour sun", "there is no option '--colour'")]
    [InlineData("tcp 127.0.0.1 many", "PORT must be a whole number from 0 to 65535, not 'many'")]
    [InlineData("tcp 127.0.0.1 65536", "PORT must be a whole number from 0 to 65535, not '65536'")]
    public void WrongCommandLine_PrintsOneLineThenTheUsage(string arguments, string message)
    {
        using var run = FinderRun.Of(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([$"*** Usage error: {message}", CharFinderApp.Usage], run.Errors[..2]);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void WordReport_RanksTheWords()
    {
        using var run = FinderRun.Of("words --top 9");
        Assert.Equal(
            [
                "104970 IDEOGRAPH", "98885 CJK", "97720 UNIFIED", "13422 SYLLABLE", "11735 HANGUL", "10859 LETTER", " 6914 TANGUT",
                " 3393 SIGN", " 3296 SMALL",
            ],
            run.Output);
    }

    [Fact]
    public void CommandNames_AreNoWordsOfNames()
    {
        using var folder = new TemporaryFolder();
        var root = CharFinderApp.CreateRoot(new Surroundings(TextWriter.Null, TextWriter.Null, folder.Path));
        Assert.NotEmpty(root.Subcommands);
        Assert.Contains(root.Subcommands, command => command.Name is "web");

        // 'web' is what servers for browsers are called; the tests below see to it that the word can be searched for.
        Assert.All(root.Subcommands.Where(command => command.Name is not "web"), command => Assert.False(
            TestIndex.Whole.Has(command.Name), $"'{command.Name}' is a word of a name and could not be searched for"));
    }

    [Theory]
    [InlineData("-- web")]
    [InlineData("--no-cache -- web")]
    [InlineData("web spider")]
    [InlineData("web spider --start 0")]
    [InlineData("spider web")]
    [InlineData("--style mojifinder web")]
    public void WordThatIsACommandToo_CanBeSearchedFor(string arguments)
    {
        using var run = FinderRun.Of(arguments);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.Output, line => line.EndsWith("SPIDER WEB", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("web --port many", "--port PORT must be a whole number from 0 to 65535, not 'many'")]
    [InlineData("web --port 65536", "--port PORT must be a whole number from 0 to 65535, not '65536'")]
    [InlineData("web --start 5", "Unrecognized command or argument '--start'.")]
    public void WordWithOptionsOnly_IsTheCommand(string arguments, string message)
    {
        using var run = FinderRun.Of(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"*** Usage error: {message}", run.Errors[0]);
    }

    [Fact]
    public void Help_TellsHowToSearchForTheWord()
    {
        using var run = FinderRun.Of("--help");
        Assert.Contains(run.Output, line => line.Contains("charfinder -- web ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("web --port")]
    [InlineData("tcp 127.0.0.1")]
    public void TakenPort_IsTold(string command)
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        using var run = FinderRun.Of($"{command} {port}");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"*** Error: cannot listen at 127.0.0.1, port {port}: ", run.Errors[0]);
    }

    /// <summary>No machine has that address, which is kept for examples (RFC 5737).</summary>
    [Fact]
    public void TcpWithoutAPort_TakesTheUsualOne()
    {
        using var run = FinderRun.Of("tcp 192.0.2.1");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("*** Error: cannot listen at 192.0.2.1, port 2323: ", run.Errors[0]);
    }

    [Fact]
    public void Version_TellsThatOfUnicode()
    {
        using var run = FinderRun.Of("--version");
        Assert.Equal(["charfinder 0.1.0, Unicode 15.1.0"], run.Output);
    }

    [Theory]
    [InlineData("--help", "charfinder chess black  ")]
    [InlineData("words --help", "charfinder words --top 20")]
    public void Help_ShowsExamplesExitCodesAndTheUnicodeVersion(string arguments, string example)
    {
        using var run = FinderRun.Of(arguments);
        var help = string.Join('\n', run.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(example, help);
        Assert.Contains("Unicode 15.1.0", help);
        Assert.Contains("130 interrupted", help);
    }

    [Fact]
    public async Task Output_IsUtf8WhateverTheLanguage()
    {
        using var folder = new TemporaryFolder();
        foreach (var language in (string[])["C", "en_US.ISO-8859-1", "en_US.UTF-8"])
        {
            var (exitCode, output, errors) = await Program(folder.Path, language, "rook", "turned", "white");
            Assert.Equal(0, exitCode);
            Assert.Equal(Encoding.UTF8.GetBytes("U+1FA20\t🨠\tWHITE CHESS TURNED ROOK\n(1 match for 'rook turned white')\n"), output);
            Assert.Empty(errors);
        }

        Assert.True(File.Exists(Path.Combine(folder.Path, "charfinder", IndexFile.Name)));
    }

    [Fact]
    public async Task Output_ThatCannotBeWritten_IsTold()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        using var folder = new TemporaryFolder();
        var program = Path.Combine(AppContext.BaseDirectory, "charfinder");
        var (exitCode, _, errors) = await Start(folder.Path, "C", "sh", "-c", $"'{program}' cjk >/dev/full");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("*** Error: the results could not be written: ", errors);
    }

    private static Task<(int ExitCode, byte[] Output, string Errors)> Program(string cache, string language, params string[] words) =>
        Start(cache, language, Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "charfinder.exe" : "charfinder"), words);

    private static async Task<(int ExitCode, byte[] Output, string Errors)> Start(
        string cache, string language, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = language;
        start.Environment["XDG_CACHE_HOME"] = cache;
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        using var patience = new CancellationTokenSource(s_patience);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output.ToArray(), await errors);
    }
}
