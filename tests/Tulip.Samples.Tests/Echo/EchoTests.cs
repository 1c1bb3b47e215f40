using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Echoes;

namespace Tulip.Samples.Tests;

public sealed partial class EchoTests
{
    public static TheoryData<string, string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string, string>();
            foreach (var server in new[] { "streams", "protocol" })
            {
                foreach (var client in new[] { "streams", "protocol" })
                {
                    ways.Add(server, client, "tcp");
                    ways.Add(server, client, "unix");
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Send_MuchData_ComesBackWhole(string serverStyle, string clientStyle, string kind)
    {
        using var folder = new TemporaryFolder();
        var data = new byte[5_000_000];
        Random.Shared.NextBytes(data);
        var reply = new MemoryStream();
        Aio.Run(async () =>
        {
            var path = Path.Combine(folder.Path, "echo");
            string[] place = kind == "unix" ? ["--unix", path] : ["--port", "0"];
            var server = await EchoServer.Start(EchoOptions.Parse(["serve", "--style", serverStyle, .. place]));
            if (kind == "tcp")
                place = ["--port", $"{((IPEndPoint)server.LocalEndPoints[0]).Port}"];
            await EchoClient.Send(EchoOptions.Parse(["send", "--style", clientStyle, .. place]), new MemoryStream(data), reply);
            await server.DisposeAsync();
        });
        Assert.Equal(data, reply.ToArray());
    }

    [Fact]
    public void Send_ByDatagrams_ComesBackWhole()
    {
        var data = new byte[200_000];
        Random.Shared.NextBytes(data);
        var reply = new MemoryStream();
        Aio.Run(async () =>
        {
            var server = await EchoServer.StartDatagrams(EchoOptions.Parse(["serve", "--style", "udp", "--port", "0"]));
            var options = EchoOptions.Parse(["send", "--style", "udp", "--port", $"{((IPEndPoint)server.LocalEndPoint!).Port}"]);
            await EchoClient.Send(options, new MemoryStream(data), reply);
            server.Close();
        });
        Assert.Equal(data, reply.ToArray());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Send_ToTwoLoops_ComesBackWhole(string serverStyle, string clientStyle, string kind)
    {
        using var folder = new TemporaryFolder();
        var data = new byte[1_000_000];
        Random.Shared.NextBytes(data);
        Aio.Run(async () =>
        {
            var path = Path.Combine(folder.Path, "echo");
            string[] place = kind == "unix" ? ["--unix", path] : ["--port", "0"];
            await using var group = new LoopGroup(2);
            var server = await EchoServer.StartOn(group, EchoOptions.Parse(["serve", "--style", serverStyle, .. place]));
            if (kind == "tcp")
                place = ["--port", $"{((IPEndPoint)server.LocalEndPoints[0]).Port}"];
            for (var i = 0; i < 4; i++)
            {
                var reply = new MemoryStream();
                await EchoClient.Send(EchoOptions.Parse(["send", "--style", clientStyle, .. place]), new MemoryStream(data), reply);
                Assert.Equal(data, reply.ToArray());
            }
        });
    }

    [Theory]
    [InlineData("streams", "")]
    [InlineData("protocol", "")]
    [InlineData("streams", "--loops 2")]
    [InlineData("protocol", "--loops 2")]
    [InlineData("streams", "--loops 2 --work 20")]
    [InlineData("protocol", "--work 20")]
    public async Task Serve_ControlC_EndsInOrderWithAClientConnected(string style, string loops)
    {
        Terminal.SkipWhereMissing();
        using var terminal = new Terminal($"{BuiltProgram.Path("Echo")} serve --port 0 --style {style} {loops}");
        await terminal.ReadUntil(static screen => screen.Contains("to stop."));
        var port = PortPattern().Match(terminal.Screen).Groups[1].Value;
        Assert.Equal("hello, world\n", Run($"send --port {port} hello, world", out var exitCode));
        Assert.Equal(0, exitCode);

        // It has been served, so that it is no longer in the kernel's hands only.
        using var idle = new System.Net.Sockets.TcpClient();
        await idle.ConnectAsync(
            IPAddress.Loopback, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        await idle.GetStream().WriteAsync("x"u8.ToArray(), TestContext.Current.CancellationToken);
        await idle.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        terminal.PressControlC();
        Assert.Equal(0, await terminal.ReadToEnd());
        Assert.EndsWith("Server shut down.\r\n", terminal.Screen);
        Assert.Equal(0, await idle.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", "serve or send?")]
    [InlineData("shout", "there is no command 'shout'")]
    [InlineData("serve --style loud", "--style is streams, protocol or udp, not 'loud'")]
    [InlineData("serve --port 70000", "--port is a number from 0 to 65535, not '70000'")]
    [InlineData("serve --loops 0", "--loops is a number from 1 to 1024, not '0'")]
    [InlineData("send --loops 2", "--loops is for serve")]
    [InlineData("serve --work much", "--work is a number from 0 to 1000000, not 'much'")]
    [InlineData("send --work 2", "--work is for serve")]
    [InlineData("serve --style udp --work 2", "--work is for the styles streams and protocol")]
    [InlineData("serve --unix", "--unix needs a value")]
    [InlineData("serve --volume 11", "there is no option --volume")]
    [InlineData("serve me", "serve takes no words: 'me'")]
    public void WrongCommandLine_PrintsOneLineThenTheUsage(string arguments, string message)
    {
        using var errors = new StringWriter();
        var exitCode = EchoApp.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), Stream.Null, Stream.Null, errors);
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"*** Usage error: {message}\nusage: Echo ", errors.ToString());
    }

    [Fact]
    public void Send_NobodyListens_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using var errors = new StringWriter();
        Assert.Equal(1, EchoApp.Run(["send", "--unix", Path.Combine(folder.Path, "none"), "x"], Stream.Null, Stream.Null, errors));
        Assert.StartsWith("*** Connect call failed", errors.ToString());
    }

    private static string Run(string arguments, out int exitCode)
    {
        using var output = new MemoryStream();
        exitCode = EchoApp.Run(arguments.Split(' '), Stream.Null, output, TextWriter.Null);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex PortPattern();
}
