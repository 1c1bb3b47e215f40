using System.Net;

namespace Tulip.Http.Tests;

/// <summary>A task's cancel is its request's.</summary>
public sealed class CancelTests
{
    public static TheoryData<string> Engines => HttpRig.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Cancel_BeforeTheAnswer_ClosesTheConnections(string engine) => HttpRig.Run(engine, static async rig =>
    {
        const int Count = 100;
        var tasks = Enumerable.Range(0, Count).Select(n => CreateTask(Get(n))).ToArray();
        await rig.Server.Arrived(Count);
        foreach (var task in tasks)
            task.Cancel();
        await Wait(tasks);
        Assert.All(tasks, static task => Assert.True(task.Cancelled, $"{task}"));
        await rig.Server.Aborted(Count);
        await rig.Server.Ended(Count);
        Assert.Equal("now HTTP/1.1", await rig.Http.GetStringAsync("/now"));

        async Coroutine Get(int n) => await rig.Http.GetStringAsync($"/gate/{n}");
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Cancel_InTheMiddleOfTheContent_ClosesTheConnection(string engine) => HttpRig.Run(engine, static async rig =>
    {
        // HttpClient reads it, the coroutine reads it as a whole, in pieces, by a copy.
        await CancelledInTheMiddle(async () => await rig.Http.GetStringAsync("/half"));
        await CancelledInTheMiddle(async () => (await rig.Http.GetAsync("/half")).Dispose());
        await CancelledInTheMiddle(async () =>
        {
            using var response = await rig.Http.GetAsync("/half", HttpCompletionOption.ResponseHeadersRead);
            await response.Content.ReadAsStringAsync();
        });
        await CancelledInTheMiddle(async () =>
        {
            await using var stream = await rig.Http.GetStreamAsync("/half");
            var buffer = new byte[100];
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        });
        await CancelledInTheMiddle(async () =>
        {
            await using var stream = await rig.Http.GetStreamAsync("/half");
            await stream.CopyToAsync(Stream.Null);
        });
        await CancelledInTheMiddle(async () =>
        {
            using var own = new CancellationTokenSource();
            await using var stream = await rig.Http.GetStreamAsync("/half", own.Token);
            await stream.ReadExactlyAsync(new byte[100], own.Token);
        });

        async Coroutine CancelledInTheMiddle(Func<Coroutine> body)
        {
            var task = CreateTask(body());
            await rig.Server.Arrived(1);
            await LetItReadWhatCame();
            task.Cancel();
            await Wait([task]);
            Assert.True(task.Cancelled, $"{task}");
            await rig.Server.Aborted(1);
            await rig.Server.Ended(1);
        }

        // Cancelled while it waits for the headers would be right as well, but is another test.
        static async Coroutine LetItReadWhatCame()
        {
            for (var i = 0; i < 20; i++)
                await Sleep(0.001);
        }
    });

    [Fact]
    public void Cancel_OfAnHttp2Request_LeavesTheOthersAlone() => HttpRig.Run("auto", static async rig =>
    {
        using var http = rig.SecureHttp(HttpVersion.Version20);
        var one = CreateTask(Get(1));
        var two = CreateTask(Get(2));
        await rig.Server.Arrived(2);
        one.Cancel();
        await Wait([one]);
        Assert.True(one.Cancelled, $"{one}");
        await rig.Server.Aborted(1);
        rig.Server.OpenGate();
        Assert.Equal("2", await two);
        Assert.Equal(1, rig.Server.Connections);

        async Coroutine<string> Get(int n) => await http.GetStringAsync($"/gate/{n}");
    });

    [Fact]
    public void Cleanup_AfterACancel_MaySendRequests() => HttpRig.Run("auto", static async rig =>
    {
        var farewell = "";
        var task = CreateTask(Body());
        await rig.Server.Arrived(1);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled);
        Assert.Equal("now HTTP/1.1", farewell);

        async Coroutine Body()
        {
            try
            {
                await rig.Http.GetStringAsync("/gate/1");
            }
            finally
            {
                farewell = await rig.Http.GetStringAsync("/now");
            }
        }
    });

    [Fact]
    public void Response_OfATaskThatWasCancelled_CanBeReadByAnother() => HttpRig.Run("auto", static async rig =>
    {
        HttpResponseMessage? response = null;
        var task = CreateTask(Ask());
        await rig.Server.Arrived(1);
        await HttpRig.Until(() => response is not null);
        task.Cancel();
        await Wait([task]);
        rig.Server.OpenGate();
        Assert.Equal("first second", await response!.Content.ReadAsStringAsync());
        response.Dispose();

        async Coroutine Ask()
        {
            response = await rig.Http.GetAsync("/half", HttpCompletionOption.ResponseHeadersRead);
            await Forever();
        }

        static Coroutine Forever() => Sleep(double.MaxValue);
    });

    [Fact]
    public void Timeouts_OfTheClientAndOfTulip_AreDifferentFailures() => HttpRig.Run("auto", static async rig =>
    {
        using var impatient = new HttpClient(CreateHttpHandler()) { BaseAddress = rig.Server.Url, Timeout = TimeSpan.FromMilliseconds(50) };
        var own = await Expect.Throws<TaskCanceledException>(async () => await impatient.GetStringAsync("/gate/1"));
        Assert.IsType<TimeoutException>(own.InnerException);
        await Expect.Throws<TimeoutException>(async () => await WaitFor(Get("/gate/2"), 0.05));
        await Expect.Throws<TimeoutException>(async () => await WithTimeout(0.05, async _ => await Get("/half")));
        Assert.Equal("now HTTP/1.1", await Get("/now"));

        async Coroutine<string> Get(string path) => await rig.Http.GetStringAsync(path);
    });

    [Fact]
    public void Cancel_WhileItConnects_EndsTheAttempt() => HttpRig.Run("auto", static async rig =>
    {
        // Somebody who accepts, and never says a word of TLS.
        var heard = false;
        await using var silent = await StartServer(async (reader, _) => heard = (await reader.Read(1)).Length > 0, "127.0.0.1", 0);
        using var http = rig.SecureHttp(HttpVersion.Version11);
        var task = CreateTask(Get());
        await HttpRig.Until(() => heard);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled, $"{task}");
        silent.CloseClients();

        async Coroutine Get() => await http.GetStringAsync($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndPoints[0]).Port}/");
    });

    [Fact]
    public void ConnectTimeout_NobodyAnswers_IsAFailureOfTheConnection() => HttpRig.Run(
        "auto",
        static async rig =>
        {
            await using var silent = await StartServer(static async (reader, _) => await reader.Read(), "127.0.0.1", 0);
            var address = $"https://127.0.0.1:{((IPEndPoint)silent.LocalEndPoints[0]).Port}/";
            await Expect.Throws<TaskCanceledException>(async () => await rig.Http.GetStringAsync(address));
            silent.CloseClients();
        },
        new HttpHandlerOptions { ConnectTimeout = TimeSpan.FromMilliseconds(50) });
}
