using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Tulip.ChaosProxy.Tests;

/// <summary>The program, on real sockets.</summary>
public sealed partial class CommandLineTests
{
    [Theory]
    [InlineData("--protocol redis", "--protocol NAME: the protocols are tcp and http, not 'redis'")]
    [InlineData("--backend nowhere", "--backend HOST:PORT: an address is HOST:PORT, such as localhost:8000 or [::1]:8000, not 'nowhere'")]
    [InlineData("--behavior 101:error", "--behavior LIST: a percentage is a whole number from 0 to 100, not '101'")]
    [InlineData("--behavior-delay-sleep soon", "--behavior-delay-sleep S: a number of seconds, 0 to 86400, is expected, not 'soon'")]
    [InlineData("--bufsize 0", "--bufsize BYTES must be a whole number, 1 or more, not '0'")]
    [InlineData("--log-level loud", "--log-level LEVEL must be one of debug, info, warning, error, critical")]
    public void WrongCommandLine_IsToldInOneLine(string arguments, string message)
    {
        using var errors = new StringWriter();
        Assert.Equal(1, ChaosApp.Run(arguments.Split(' '), new Surroundings(TextWriter.Null, errors, IsTerminal: false)));
        Assert.StartsWith($"*** Usage error: {message}\n", errors.ToString());
    }

    [Fact]
    public void TakenPort_IsToldInOneLine()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        using var errors = new StringWriter();
        Assert.Equal(1, ChaosApp.Run(["--proxy", $"127.0.0.1:{port}"], new Surroundings(TextWriter.Null, errors, IsTerminal: false)));
        Assert.StartsWith("*** Error: ", errors.ToString());
    }

    [Theory]
    [InlineData(" --log-level debug")]
    [InlineData(" --statistics")]
    public async Task ControlC_WithClientsThatHang_SaysBye(string option)
    {
        Terminal.SkipWhereMissing();
        using var terminal = new Terminal(
            $"{BuiltProgram.Path("chaosproxy")} --protocol http --proxy 127.0.0.1:0 --behavior 100:hang --http --http-host 127.0.0.1 --http-port 0{option}");
        await terminal.ReadUntil(static screen => screen.Contains("/behavior", StringComparison.Ordinal));
        var port = int.Parse(ProxyPort().Match(terminal.Screen).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        var cancelled = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, port, cancelled);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), cancelled);
        await terminal.ReadUntil(static screen => Hanging().IsMatch(screen));

        terminal.PressControlC();
        Assert.Equal(0, await terminal.ReadToEnd());
        Assert.Matches(@"\[INFO\] Bye!\s*$", terminal.Screen);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], cancelled));
    }

    [GeneratedRegex(@"proxies from 127\.0\.0\.1:(\d+) to localhost:80")]
    private static partial Regex ProxyPort();

    [GeneratedRegex(@"hang\s+│\s+1 |/: hang \(hang\)")]
    private static partial Regex Hanging();
}
