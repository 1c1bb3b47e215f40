using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FinderLoad;

/// <summary>The server, from the folder of this program.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>User and system time of all its threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="processor">The only one of the machine's processors that it may use; null for any.</param>
    public static async Task<ServerProcess> Start(int? processor)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "charfinder.exe" : "charfinder");
        var start = Processors.Start(program, ["web", "--port", "0"], processor);
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        var first = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server does not start.");
        var port = int.Parse(PortOf().Match(first).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new ServerProcess(process, port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@", (\d+)\)")]
    private static partial Regex PortOf();
}
