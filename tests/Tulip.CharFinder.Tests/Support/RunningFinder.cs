using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CharFinder;
using static Tulip.Aio;

namespace Tulip.CharFinder.Tests;

/// <summary>The server for browsers, on a thread of the test's. Until it is disposed of its port is kept, so that another can take its place.</summary>
internal sealed partial class RunningFinder : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    private readonly Lines _log = new();
    private readonly WebFinder _finder;
    private readonly Thread _thread;
    private readonly Socket? _kept;
    private EventLoop? _loop;
    private AsyncTask<Unit>? _serving;
    private bool _isStopped;

    private RunningFinder(SharedIndex index, int port)
    {
        if (port is 0 && OperatingSystem.IsLinux())
            (_kept, port) = KeepPort();
        _finder = new WebFinder(index, _log);
        _thread = new Thread(() => Run(async () =>
        {
            _loop = GetRunningLoop();
            _serving = CreateTask(_finder.Serve("127.0.0.1", port));
            try
            {
                await _serving;
            }
            finally
            {
                _log.End();
            }
        }));
        _thread.Start();
        var first = _log.Wait(line => line.StartsWith("Serving on", StringComparison.Ordinal));
        Port = int.Parse(PortOf().Match(first).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    public LiveFeed Feed => _finder.Feed;

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>What it has said so far, with ports made alike.</summary>
    public string[] Log => [.. _log.Said.Select(line => PortOf().Replace(line, ", PORT)"))];

    public static RunningFinder Start(SharedIndex? index = null, int port = 0) => new(index ?? new SharedIndex(() => TestIndex.Whole), port);

    public Uri Socket(string path) => new($"ws://127.0.0.1:{Port}{path}");

    /// <summary>Waits until it has said such a line.</summary>
    public string WaitForLine(Func<string, bool> isWanted) => _log.Wait(isWanted);

    /// <summary>Ends it as Ctrl-C does.</summary>
    public void Stop()
    {
        if (_isStopped)
            return;

        _isStopped = true;
        _loop!.CallSoonThreadsafe(() => _serving!.Cancel());
        Assert.True(_thread.Join(s_patience), "The server does not end.");
    }

    public void Dispose()
    {
        Stop();
        _kept?.Dispose();
    }

    /// <summary>A socket that does not listen keeps its port from the other programs of the machine, but not from those who name it.</summary>
    private static (Socket Socket, int Port) KeepPort()
    {
        const int level = 1, reuseAddress = 2;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(level, reuseAddress, BitConverter.GetBytes(1));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (socket, ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    [GeneratedRegex(@", (\d+)\)")]
    private static partial Regex PortOf();

    /// <summary>Text by lines, for one who writes and others who wait.</summary>
    private sealed class Lines : StringWriter
    {
        private readonly Lock _gate = new();
        private readonly List<string> _said = [];
        private readonly SemaphoreSlim _changed = new(0);
        private bool _hasEnded;

        public override Encoding Encoding => Encoding.UTF8;

        public string[] Said
        {
            get
            {
                lock (_gate)
                    return [.. _said];
            }
        }

        public override void WriteLine(string? value)
        {
            lock (_gate)
                _said.Add(value!);
            _changed.Release();
        }

        public void End()
        {
            _hasEnded = true;
            _changed.Release();
        }

        public string Wait(Func<string, bool> isWanted)
        {
            while (true)
            {
                if (Said.FirstOrDefault(isWanted) is { } line)
                    return line;
                Assert.True(_changed.Wait(s_patience) && !_hasEnded, $"The server never said it, but: {string.Join('\n', Said)}");
            }
        }
    }
}
