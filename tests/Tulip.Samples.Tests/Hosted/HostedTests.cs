using System.Net;
using Flags;
using Hosts;
using Spinners;
using Tulip.Running.Tests.Hosted;
using Tulip.Tests;

namespace Tulip.Samples.Tests;

/// <summary>samples/Hosted: the spinner and the flags downloads in its frame loop, on a clock that the test moves, and its programs.</summary>
public sealed class HostedTests
{
    private const string Cycle = @"|/-\";

    private static readonly Pace s_fast = new(Frame: TimeSpan.FromMilliseconds(2), Slow: TimeSpan.FromMilliseconds(100));
    private static readonly TimeSpan s_latency = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Frames_WhileSpinnerAndDownloadsRun_StayEven()
    {
        var clock = new ManualHost();
        var frames = new FrameLoop(clock, wait => clock.Advance(wait.TotalSeconds));
        using var server = new SlowSite();
        using var screen = new Screen();
        var store = new MemoryStore();
        DownloadJob? job = null;
        var (answer, longest) = HostedApp.Play(frames, clock, screen, Pace.Usual, line => job = new DownloadJob(
            CountryCodes.Pop20, Site.AnsweredBy(server, "http://flags.invalid/flags"), 5, store, new CodeByCodeView(line)));

        // No code takes time on this clock: a frame that waited for anything would be longer than it should.
        Assert.Equal(FrameLoop.FrameTime, longest);
        Assert.Equal(42, answer);
        Assert.Equal(20, job!.Tally[FlagStatus.Ok]);
        Assert.Equal(CountryCodes.Pop20.Select(static code => $"{code.ToLowerInvariant()}.gif"), store.Names.Order(StringComparer.Ordinal));

        var spins = screen.Spinner.Where(static text => text.EndsWith(" thinking!", StringComparison.Ordinal)).Select(static text => text[0]).ToArray();
        Assert.InRange(spins.Length, 20, 31);
        Assert.Equal(Enumerable.Range(0, spins.Length).Select(static i => Cycle[i % Cycle.Length]), spins);
        Assert.Equal("", screen.Spinner[^1]);
        Assert.Equal(CountryCodes.Pop20, screen.Flags[^1].Split(' ').Order(StringComparer.Ordinal));

        // One after the other: they came while frames were drawn.
        Assert.True(screen.Flags.Count > 3, $"{screen.Flags.Count} frames showed other codes than the one before.");
    }

    [Theory]
    [InlineData("frames", " frames; the longest took ")]
    [InlineData("queue", " calls of the queue.")]
    public void Program_RunsSpinnerAndDownloadsToTheirEnds(string host, string last)
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        Assert.Equal(0, HostedApp.Run([host, "--dest", folder.Path], output, TextWriter.Null, s_fast, s_latency));
        var text = output.ToString();
        Assert.Contains("| thinking!", text);
        Assert.Contains("Answer: 42\n", text);
        Assert.Contains("20 flags downloaded\n", text);
        Assert.Contains(last, text);
        Assert.Equal(20, Directory.GetFiles(folder.Path, "*.gif").Length);
    }

    [Theory]
    [InlineData("frames")]
    [InlineData("queue")]
    public void Program_FlagsCannotBeSaved_SaysSo(string host)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        using var output = new StringWriter();
        Assert.Equal(1, HostedApp.Run([host, "--dest", file], output, TextWriter.Null, s_fast, s_latency));
        Assert.Contains("Answer: 42\n0 flags downloaded\n*** Cannot save in ", output.ToString());
    }

    [Theory]
    [InlineData("", "frames or queue?")]
    [InlineData("window", "there is no program 'window'")]
    [InlineData("frames --dest", "--dest needs a folder")]
    [InlineData("queue --port 1", "there is no option '--port'")]
    [InlineData("queue --dest a b", "'b' is too much")]
    public void Program_WrongCommandLine_SaysWhatIsWrong_AndHowItIsUsed(string arguments, string problem)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(1, HostedApp.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error, s_fast, s_latency));
        Assert.StartsWith($"*** Usage error: {problem}\nusage: Hosted frames [--dest DIR]\n", error.ToString());
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void Program_Help_IsNoError()
    {
        using var output = new StringWriter();
        Assert.Equal(0, HostedApp.Run(["--help"], output, TextWriter.Null, s_fast, s_latency));
        Assert.StartsWith("usage: Hosted frames", output.ToString());
    }

    [Theory]
    [InlineData("abc", "abc ")]
    [InlineData("abc\b\bx", "axc ")]
    [InlineData("abc\rx", "xbc ")]
    [InlineData("\b\babcdef", "abcd")]
    [InlineData("abc\n", "abc ")]
    [InlineData("abc\nx", "x   ")]
    public void ScreenLine_ShowsWhatATerminalWould(string written, string shown)
    {
        using var line = new ScreenLine();
        line.Write(written);
        Assert.Equal(shown, line.Show(4));
    }

    /// <summary>A site without a network, on the loop's own time: each answer takes half a second of it.</summary>
    private sealed class SlowSite : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancelled)
        {
            await Aio.Sleep(0.5);
            var content = new ByteArrayContent("GIF89a;"u8.ToArray());
            content.Headers.ContentType = new("image/gif");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        }
    }

    private sealed class MemoryStore : IFlagStore
    {
        public List<string> Names { get; } = [];

        public void Save(byte[] image, string fileName) => Names.Add(fileName);
    }

    /// <summary>What was to be seen, each time it changed.</summary>
    private sealed class Screen : StringWriter
    {
        private readonly long _start = Environment.TickCount64;

        public List<string> Spinner { get; } = [];

        public List<string> Flags { get; } = [];

        public override void Write(string? value)
        {
            // The number of the frame comes first, which is long where the threads that end the programs are slow; what follows
            // stands in columns.
            Add(Spinner, value![^73..^61]);
            Add(Flags, value[^60..]);
            Assert.True(Environment.TickCount64 - _start < LoopThread.Guard.TotalMilliseconds, "The programs do not end.");
        }

        public override void WriteLine()
        {
        }

        private static void Add(List<string> seen, string text)
        {
            text = text.Trim();
            if (seen.Count == 0 || seen[^1] != text)
                seen.Add(text);
        }
    }
}
