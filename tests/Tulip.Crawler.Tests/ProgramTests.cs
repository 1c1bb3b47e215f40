using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Tulip.Crawler.Tests;

/// <summary>The program, over HTTP.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crawler-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Demo_FindsAllPagesAndLogsEachResult()
    {
        var log = Path.Combine(_folder.FullName, "pages.jsonl");
        var (exitCode, output, _) = Run("demo", "--pages", "30", "--page-delay", "0", "--timeout", "10", "--attempts", "1", "--log", log);
        Assert.Equal(0, exitCode);
        Assert.Contains("The site saw 30 of its 30 pages found, 0 forbidden ones asked for", output, StringComparison.Ordinal);

        var pages = File.ReadAllLines(log).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(30, pages.Count(page => page.GetProperty("title").GetString()!.EndsWith(": страница", StringComparison.Ordinal)));
        var endless = Assert.Single(pages, page => page.GetProperty("address").GetString()!.EndsWith("/endless", StringComparison.Ordinal));
        Assert.Equal(1 << 20, endless.GetProperty("bytes").GetInt32());
        var slow = Assert.Single(pages, page => page.GetProperty("address").GetString()!.EndsWith("/slow", StringComparison.Ordinal));
        Assert.Equal("no answer within 10 s", slow.GetProperty("trouble").GetString());
    }

    [Fact]
    public void Log_ThatCannotBeWritten_EndsTheCrawlAndSaysWhy()
    {
        var (exitCode, _, errors) = Run("demo", "--pages", "500", "--log", Path.Combine(_folder.FullName, "missing", "pages.jsonl"));
        Assert.Equal(1, exitCode);
        Assert.Contains("*** Error: Could not find a part of the path", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ServerThatIsNotThere_IsAFailureInTheReport()
    {
        var (exitCode, output, _) = Run("crawl", "http://127.0.0.1:9/", "--attempts", "1");
        Assert.Equal(0, exitCode);
        Assert.Contains("*** http://127.0.0.1:9/: left alone, for there is no robots.txt to be had: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void BodyThatIsDamaged_IsNoAnswer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = new Thread(() =>
        {
            using var client = listener.AcceptTcpClient();
            _ = client.GetStream().Read(new byte[4096]);
            client.GetStream().Write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\nContent-Length: 20\r\n\r\n01234567890123456789"u8);
        });
        serving.Start();
        using var source = new HttpPageSource("tests/1");
        var thrown = Assert.Throws<NoAnswerException>(() => { Aio.Run(source.Get(new Uri($"http://{listener.LocalEndpoint}/"), 1000)); });
        Assert.Equal("the body is damaged", thrown.Message);
        Assert.True(serving.Join(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("crawl example.org", "'example.org' is not an address to crawl: it should look like https://example.org/")]
    [InlineData("crawl ftp://example.org/", "'ftp://example.org/' is not an address to crawl: it should look like https://example.org/")]
    [InlineData("crawl http://a.test/ --per-site 0", "--per-site N must be a whole number, 1 or more, not '0'")]
    [InlineData("demo --pages 1000001", "--pages N must be 1000000 or less")]
    public void WrongCommandLine_SaysWhatToChange(string arguments, string message)
    {
        var (exitCode, _, errors) = Run(arguments.Split(' '));
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"*** Usage error: {message}", errors, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = CrawlerApp.Run(arguments, new Surroundings(output, errors, IsTerminal: false));
        return (exitCode, output.ToString(), errors.ToString());
    }
}
