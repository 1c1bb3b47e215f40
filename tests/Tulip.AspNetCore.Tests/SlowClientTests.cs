using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tulip.AspNetCore.Tests;

/// <summary>Attacks by clients that are slow on purpose, made with the tool that administrators use for them.</summary>
public sealed partial class SlowClientTests
{
    private const string Tool = "/usr/bin/slowhttptest";

    // How many of its fifty connections it makes in its time is the machine's affair.
    private const int EndedOfEach = 5;

    // What Kestrel's log says of each of the three.
    private static readonly string[] s_ends = ["request headers timed out", "it was not sent by the client", "the response was not read by the client"];
    private static readonly byte[] s_page = new byte[16 * 1024 * 1024];

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task SlowHeadersBodiesAndReaders_AllAtOnce_LeaveTheServiceAvailable(string carrier)
    {
        Assert.SkipUnless(File.Exists(Tool), "slowhttptest is not installed (Debian: apt-get install slowhttptest).");
        await using var server = await TestServer.Start(carrier, Map, new() { Kestrel = Limit });
        using var connections = new ActiveConnections(server);
        Process[] attacks =
        [
            Attack(server, "/", "-H", "-i", "1"),
            Attack(server, "/upload", "-B", "-i", "1", "-s", "100000", "-x", "10"),
            Attack(server, "/page", "-X", "-n", "1", "-w", "512", "-y", "1024", "-z", "32"),
        ];
        try
        {
            using var client = server.Client();
            Assert.Equal("hello", await client.GetStringAsync("/"));
            foreach (var attack in attacks)
            {
                var output = await attack.StandardOutput.ReadToEndAsync().Guarded();
                await attack.WaitForExitAsync().Guarded();
                var available = AvailableText().Matches(output);
                Assert.NotEmpty(available);
                Assert.All(available, static match => Assert.Equal("YES", match.Groups[1].Value));
            }
        }
        finally
        {
            foreach (var attack in attacks)
            {
                attack.Kill();
                attack.Dispose();
            }
        }

        await connections.AllGone();
        foreach (var end in s_ends)
            await TestTime.Until(() => CountOf(end) >= EndedOfEach, $"{EndedOfEach} connections had ended, for {end}");
        foreach (var pool in server.Pools())
            await TestTime.Until(() => pool.Rented == 0, "all memory had come back");

        int CountOf(string end) => server.Log.Entries.Count(entry => entry.Message.Contains(end, StringComparison.Ordinal));
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/", static () => "hello");
        app.MapPost("/upload", static async context => await context.Request.Body.CopyToAsync(Stream.Null));
        app.MapGet("/page", static async context => await context.Response.Body.WriteAsync(s_page));
    }

    private static void Limit(KestrelServerOptions options)
    {
        options.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(500);
        options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(1.1));
        options.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1e9, gracePeriod: TimeSpan.FromSeconds(1.1));
    }

    private static Process Attack(TestServer server, string path, params string[] how)
    {
        string[] arguments = [.. how, "-c", "50", "-r", "50", "-l", "4", "-p", "60", "-u", server.Url(path).ToString()];
        return Process.Start(new ProcessStartInfo(Tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    [GeneratedRegex("service available:.*?(YES|NO)")]
    private static partial Regex AvailableText();
}
