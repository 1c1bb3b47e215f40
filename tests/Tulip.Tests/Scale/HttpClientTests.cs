using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tulip.Tests;

public sealed class HttpClientTests
{
    private const int Requests = 400;

    [Fact]
    public void Requests_HundredsInFlight_AllEndOnTheLoop() => Serve((client, server) => LoopTest.RunInRealTime(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        var most = 0;
        var inFlight = 0;
        async Coroutine<int> Get(int n)
        {
            most = Math.Max(most, ++inFlight);
            using var response = await client.GetAsync($"/gate/{n}", Aio.CancelToken);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            var text = await response.Content.ReadAsStringAsync(Aio.CancelToken);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            inFlight--;
            return int.Parse(text);
        }

        var all = Gather(Enumerable.Range(0, Requests).Select(Get));

        // The server answers nobody before it has them all.
        await server.Arrived(Requests);
        Assert.Equal(Requests, inFlight);
        server.OpenGate();
        var results = await all;
        Assert.Equal(Enumerable.Range(0, Requests), results);
        Assert.Equal((Requests, 0), (most, inFlight));
    }));

    [Fact]
    public void Cancel_RequestsInFlight_ReachesTheServer() => Serve((client, server) => LoopTest.RunInRealTime(async () =>
    {
        const int Some = 100;
        async Coroutine Get(int n)
        {
            using var response = await client.GetAsync($"/gate/{n}", Aio.CancelToken);
        }

        var tasks = Enumerable.Range(0, Some).Select(n => CreateTask(Get(n))).ToArray();
        await server.Arrived(Some);
        foreach (var task in tasks)
            task.Cancel();
        await Wait(tasks);
        Assert.All(tasks, task => Assert.True(task.Cancelled, task.ToString()));
        await server.Aborted(Some);
    }));

    [Fact]
    public void Timeout_OfTheClientItself_IsAnOrdinaryFailure() => Serve((client, server) => LoopTest.RunInRealTime(async () =>
    {
        using var impatient = new HttpClient { BaseAddress = client.BaseAddress, Timeout = TimeSpan.FromMilliseconds(50) };
        async Coroutine Get()
        {
            using var response = await impatient.GetAsync("/gate/1", Aio.CancelToken);
        }

        var task = CreateTask(Get());
        await Wait([task]);
        Assert.False(task.Cancelled);
        Assert.IsType<TimeoutException>(Assert.IsType<TaskCanceledException>(task.Exception()).InnerException);
    }));

    [Fact]
    public void WaitFor_ASlowRequest_TimesOutAndTheClientIsStillGood() => Serve((client, server) => LoopTest.RunInRealTime(async () =>
    {
        async Coroutine<string> Get(string path)
        {
            using var response = await client.GetAsync(path, Aio.CancelToken);
            return await response.Content.ReadAsStringAsync(Aio.CancelToken);
        }

        await Expect.Throws<TimeoutException>(async () => await WaitFor(Get("/gate/1"), 0.05));
        Assert.Equal("now", await Get("/now"));
        Assert.Equal("now", await WaitFor(Get("/now"), 120));
    }));

    private static void Serve(Action<HttpClient, Gate> test)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        using var gate = new Gate();
        app.MapGet("/now", static () => "now");
        app.MapGet("/gate/{n}", (int n, HttpContext context) => gate.Pass(n, context.RequestAborted));
        app.StartAsync().WaitGuarded();
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(app.Urls.First()), Timeout = LoopThread.Guard };
            test(client, gate);
        }
        finally
        {
            gate.OpenGate();
            app.StopAsync().WaitGuarded();
            app.DisposeAsync().AsTask().WaitGuarded();
        }
    }

    /// <summary>Where requests stand until it is opened.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly SemaphoreSlim _aborted = new(0);

        public async Task<string> Pass(int n, CancellationToken aborted)
        {
            _arrived.Release();
            try
            {
                await _open.Task.WaitAsync(aborted);
            }
            catch (OperationCanceledException)
            {
                _aborted.Release();
                throw;
            }

            return $"{n}";
        }

        public void OpenGate() => _open.TrySetResult();

        public Task Arrived(int count) => Take(_arrived, count);

        public Task Aborted(int count) => Take(_aborted, count);

        public void Dispose()
        {
            _arrived.Dispose();
            _aborted.Dispose();
        }

        private static async Task Take(SemaphoreSlim semaphore, int count)
        {
            for (var i = 0; i < count; i++)
                Assert.True(await semaphore.WaitAsync(LoopThread.Guard));
        }
    }
}
