// RedisServer: a real redis-server, started by the tests and ended by them, on a Unix socket in a folder of its own.
//   One serves all tests of the assembly; a test that stops or configures a server starts its own.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(Tulip.Redis.Tests.Real.RedisServer))]

namespace Tulip.Redis.Tests.Real;

public sealed class RedisServer : IDisposable
{
    private const string Missing = "redis-server is not installed (Debian: apt-get install redis-server).";
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(120);

    private readonly string[] _options;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-test-");
    private Process? _process;

    public RedisServer()
        : this([])
    {
    }

    internal RedisServer(string[] options)
    {
        _options = options;
        if (Program is not null)
            Start();
    }

    internal RedisOptions Options => new() { UnixPath = Path.Combine(_folder.FullName, "redis.sock") };

    private static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    /// <summary>Runs the body with the server, on the machine's clock.</summary>
    internal void Run(Func<RedisClient, Coroutine> body) => Run(Options, body);

    internal void Run(RedisOptions options, Func<RedisClient, Coroutine> body)
    {
        SkipIfMissing();
        LoopTest.RunInRealTime(async () =>
        {
            await using (var redis = await RedisClient.Connect(options))
                await body(redis);
            while (AllTasks(GetRunningLoop()).Count > 1)
                await Sleep(0.001);
        });
    }

    internal static void SkipIfMissing() => Assert.SkipWhen(Program is null, Missing);

    /// <summary>A socket that does not listen: it keeps its port from other programs, but not from a server that is told it.</summary>
    internal static Socket KeepPort(out int port)
    {
        const int level = 1, reuseAddress = 2;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(level, reuseAddress, BitConverter.GetBytes(1));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux())
            socket.Dispose();
        return socket;
    }

    internal void Start()
    {
        string[] arguments = ["--port", "0", "--unixsocket", Options.UnixPath!, "--save", "", "--appendonly", "no", "--dir", _folder.FullName, .. _options];
        _process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true })!;
        var ready = new ManualResetEventSlim();
        _process.OutputDataReceived += (_, line) =>
        {
            // "Ready to accept connections", or before version 7 "ready to accept connections".
            if (line.Data?.Contains("eady to accept connections", StringComparison.Ordinal) == true)
                ready.Set();
        };
        _process.BeginOutputReadLine();
        Assert.True(ready.Wait(s_guard), "redis-server did not start.");
    }

    internal void Stop()
    {
        if (_process is null)
            return;

        _process.Kill();
        _process.WaitForExit(s_guard);
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Stop();
        _folder.Delete(recursive: true);
    }
}
