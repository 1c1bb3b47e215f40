using System.Net.Security;
using Tulip.Engines;

namespace Tulip.Http.Tests;

/// <summary>A server, and a client on a loop with a given engine. At the end no task lives, and nothing went wrong unseen.</summary>
internal sealed class HttpRig
{
    private const double Guard = 180;

    public static TheoryData<string> Engines => OperatingSystem.IsLinux()
        ? Needs.HasEngine("io_uring") ? ["epoll", "io_uring", "portable"] : ["epoll", "portable"]
        : ["portable"];

    public required HttpServer Server { get; init; }

    public required EventLoop Loop { get; init; }

    /// <summary>A client of the plain server.</summary>
    public required HttpClient Http { get; init; }

    /// <summary>What the loop's exception handler was told, and the test has not taken yet.</summary>
    public List<LoopErrorContext> Reports { get; } = [];

    public int Thread { get; } = Environment.CurrentManagedThreadId;

    public bool OnLoop => Environment.CurrentManagedThreadId == Thread;

    public static void Run(string engine, Func<HttpRig, Coroutine> body, HttpHandlerOptions? options = null)
    {
        using var server = new HttpServer();
        using var loop = new EventLoop(engine: EngineSelector.Create(engine)) { SlowCallbackDuration = double.PositiveInfinity };
        HttpRig? rig = null;
        loop.RunUntilComplete(Main());
        Assert.Empty(AllTasks(loop));
        loop.Close();
        Assert.True(rig!.Reports.Count == 0, $"Not expected: {string.Join('\n', rig.Reports)}");

        async Coroutine Main()
        {
            using var http = new HttpClient(CreateHttpHandler(options)) { BaseAddress = server.Url, Timeout = LoopThread.Guard };
            rig = new HttpRig { Server = server, Loop = loop, Http = http };
            loop.ExceptionHandler = (_, report) => rig.Reports.Add(report);
            await WithTimeout(Guard, async _ =>
            {
                await body(rig);
                await Until(() => AllTasks(loop).Count == 1);         // HttpClient ends its attempts to connect on threads of its own
            });
        }
    }

    /// <summary>A client of the server with TLS, whose certificate it takes.</summary>
    public HttpClient SecureHttp(Version version) => new(CreateHttpHandler(new HttpHandlerOptions { Tls = Trusting() }))
    {
        BaseAddress = Server.SecureUrl,
        Timeout = LoopThread.Guard,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static SslClientAuthenticationOptions Trusting() => new() { RemoteCertificateValidationCallback = static (_, _, _, _) => true };

    /// <summary>Lets the loop go on until something is so.</summary>
    public static async Coroutine Until(Func<bool> condition)
    {
        while (!condition())
            await Sleep(0.0005);
    }
}
