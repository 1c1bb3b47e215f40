using System.Net;

namespace Tulip.Http.Tests;

/// <summary>Which thread HttpClient's code runs on.</summary>
public sealed class ThreadTests
{
    public static TheoryData<string> Engines => HttpRig.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void HttpClientsCode_AfterTheFirstWrite_StaysOnTheLoop(string engine) => HttpRig.Run(engine, static async rig =>
    {
        var seen = new List<bool>();
        using var http = new HttpClient(new Witness(CreateHttpHandler(), () => seen.Add(rig.OnLoop))) { BaseAddress = rig.Server.Url };
        for (var i = 0; i < 5; i++)
            Assert.Equal($"{i}", await http.GetStringAsync($"/number/{i}"));

        // The first made the connection, the others found it: all went on on the loop, in line.
        Assert.Equal(Enumerable.Repeat(true, 5), seen);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Content_ReadByCodeThatLeavesItsContext_IsReadOnTheLoop(string engine) => HttpRig.Run(engine, static async rig =>
    {
        using var response = await rig.Http.GetAsync("/half", HttpCompletionOption.ResponseHeadersRead);
        using var content = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal(6, await content.ReadAtLeastAsync(buffer, 6));
        var reading = ReadRest();
        rig.Server.OpenGate();
        await reading;

        async Task ReadRest()
        {
            Assert.Equal(6, await content.ReadAtLeastAsync(buffer, 6).ConfigureAwait(false));
            Assert.True(rig.OnLoop);
        }
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void Coroutine_AfterEachAwait_IsOnTheLoopAndInItsTask(string engine) => HttpRig.Run(engine, static async rig =>
    {
        var task = CurrentTask();
        await using var stream = await rig.Http.GetStreamAsync("/bytes/1000000");
        var buffer = new byte[4096];
        var total = 0;
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            total += count;
            Assert.True(rig.OnLoop);
            Assert.Same(task, CurrentTask());
            Assert.NotNull(SynchronizationContext.Current);
        }

        Assert.Equal(1_000_000, total);
    });

    [Fact]
    public void OtherThread_SendsRequests_AndNeverRunsOnTheLoop() => HttpRig.Run("auto", static async rig =>
    {
        await Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                using var response = await rig.Http.GetAsync("/bytes/300000", HttpCompletionOption.ResponseHeadersRead);
                Assert.False(rig.OnLoop);
                using var content = await response.Content.ReadAsStreamAsync();
                var buffer = new byte[4096];
                while (await content.ReadAsync(buffer) > 0)
                    Assert.False(rig.OnLoop);
                Assert.Equal($"{i}", await rig.Http.GetStringAsync($"/number/{i}"));
                Assert.False(rig.OnLoop);
                Assert.ThrowsAny<Exception>(rig.Http.GetStringAsync("/hang-up").WaitGuarded);
            }
        });
    });

    [Fact]
    public void OtherThread_Blocks_AndIsAnswered() => HttpRig.Run("auto", static async rig =>
    {
        var answers = await ToThread(() =>
        {
            using var response = rig.Http.Send(new HttpRequestMessage(HttpMethod.Get, "/bytes/300000"));
            using var content = response.Content.ReadAsStream();
            var copy = new MemoryStream();
            content.CopyTo(copy);
            return (copy.Length, rig.Http.GetStringAsync("/now").Result);
        });
        Assert.Equal((300_000, "now HTTP/1.1"), answers);
    });

    [Fact]
    public void Loop_Blocks_IsTold() => HttpRig.Run("auto", static async rig =>
    {
        var told = Assert.Throws<InvalidOperationException>(() => rig.Http.Send(new HttpRequestMessage(HttpMethod.Get, "/now")));
        Assert.Contains("SendAsync", told.Message, StringComparison.Ordinal);

        using var response = await rig.Http.GetAsync("/half", HttpCompletionOption.ResponseHeadersRead);
        using var content = response.Content.ReadAsStream();
        var buffer = new byte[6];
        Assert.Equal(6, content.ReadAtLeast(buffer, 6));
        told = Assert.Throws<InvalidOperationException>(() => content.ReadAtLeast(buffer, 1));
        Assert.Contains("ReadAsync", told.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void OtherLoop_SendsRequests_AndStaysOnItsOwn() => HttpRig.Run("auto", static async rig =>
    {
        using var other = new LoopThread();
        var answer = await RunCoroutineThreadsafe(Ask(), other.Loop);
        Assert.Equal("now HTTP/1.1", answer);

        // Its tasks are its own, with its own cancels.
        var cancelled = new CancellationTokenSource();
        var waiting = RunCoroutineThreadsafe(Wait(), other.Loop, cancelled.Token);
        await rig.Server.Arrived(1);
        cancelled.Cancel();
        await rig.Server.Aborted(1);
        await Expect.Throws<TaskCanceledException>(async () => await waiting);

        async Coroutine<string> Ask()
        {
            var text = await rig.Http.GetStringAsync("/now");
            Assert.Equal(other.ThreadId, Environment.CurrentManagedThreadId);
            return text;
        }

        async Coroutine Wait() => await rig.Http.GetStringAsync("/gate/1");
    });

    [Fact]
    public void ContentToSend_SeesNoLoopsContext() => HttpRig.Run("auto", static async rig =>
    {
        await rig.Http.GetStringAsync("/now");
        var content = new OwnContent();
        using var response = await rig.Http.PostAsync("/echo", content);
        Assert.Equal("own", await response.Content.ReadAsStringAsync());
        Assert.Null(content.Context);
    });

    private sealed class Witness(HttpMessageHandler inner, Action goesOn) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            goesOn();
            return response;
        }
    }

    private sealed class OwnContent : HttpContent
    {
        public SynchronizationContext? Context { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Context = SynchronizationContext.Current;
            await stream.WriteAsync("own"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 3;
            return true;
        }
    }
}
