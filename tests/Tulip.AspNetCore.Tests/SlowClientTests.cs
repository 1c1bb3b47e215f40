using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tulip.AspNetCore.Tests;

/// <summary>An attack with slow requests, by the tool that administrators use for it.</summary>
public sealed partial class SlowClientTests
{
    private const string Tool = "/usr/bin/slowhttptest";

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task SlowHeaders_OfAHundredConnections_LeaveTheServiceAvailable(string carrier)
    {
        Assert.SkipUnless(File.Exists(Tool), "slowhttptest is not installed (Debian: apt-get install slowhttptest).");
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapGet("/", () => "hello"),
            new() { Kestrel = static options => options.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(500) });
        using var connections = new ActiveConnections(server);
        string[] arguments = ["-H", "-c", "100", "-r", "100", "-i", "1", "-l", "4", "-p", "60", "-u", server.Url("/").ToString()];

        using var process = Process.Start(new ProcessStartInfo(Tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            using var client = server.Client();
            Assert.Equal("hello", await client.GetStringAsync("/"));
            var output = await process.StandardOutput.ReadToEndAsync().Guarded();
            await process.WaitForExitAsync().Guarded();
            var available = AvailableText().Matches(output);
            Assert.NotEmpty(available);
            Assert.All(available, static match => Assert.Equal("YES", match.Groups[1].Value));
        }
        finally
        {
            process.Kill();
        }

        await connections.AllGone();

        // How many of its hundred it makes in its time is the machine's affair.
        await TestTime.Until(() => connections.Ended > 10, "more than 10 connections had ended");
    }

    [GeneratedRegex("service available:.*?(YES|NO)")]
    private static partial Regex AvailableText();
}
