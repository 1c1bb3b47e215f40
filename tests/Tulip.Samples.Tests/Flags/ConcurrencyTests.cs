using System.Net;
using Flags;

namespace Tulip.Samples.Tests;

public sealed class ConcurrencyTests
{
    private const int Count = 40;

    public static TheoryData<string> Programs => ["asyncio", "executor", "files", "flags3"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Semaphore_BoundsTheRequestsInFlight(string program)
    {
        using var server = new CountingHandler(gathered: 7);
        var job = Download(program, server, concurrency: 7);
        Assert.Equal(Count, job.Tally[FlagStatus.Ok]);
        Assert.Equal(7, server.MostInFlight);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Save_IsNotCountedAsARequest(string program)
    {
        using var server = new CountingHandler(gathered: 1);
        var store = new ObservingStore(server);
        Download(program, server, concurrency: 1, store);

        // With one request at a time, a request in flight during a save shows that saving does not hold the semaphore.
        Assert.Equal(Count, store.Saves);
        if (program is not "asyncio")
            Assert.True(store.SavesWithRequestInFlight > 0);
    }

    private static DownloadJob Download(string program, CountingHandler server, int concurrency, IFlagStore? store = null)
    {
        var site = Site.AnsweredBy(server, "http://flags.invalid/flags");
        var mode = DownloadMode.OfFlags2.Append(DownloadMode.CountryNames).Single(mode => mode.Name == program);
        var job = new DownloadJob(
            [.. CountryTable.Codes.Take(Count)], site, concurrency, store ?? new ObservingStore(server), new QuietView());
        mode.Download(job);
        return job;
    }

    /// <summary>Answers nobody before so many requests were in flight at once.</summary>
    private sealed class CountingHandler(int gathered) : HttpMessageHandler
    {
        public static readonly TimeSpan Guard = TimeSpan.FromMinutes(2);

        private readonly TimeSpan _latency = TimeSpan.FromMilliseconds(1);
        private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inFlight;

        public int InFlight => Volatile.Read(ref _inFlight);

        public int MostInFlight { get; private set; }

        /// <summary>While it is set, nobody is answered.</summary>
        public bool Holds { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancelled)
        {
            var inFlight = Interlocked.Increment(ref _inFlight);
            lock (this)
                MostInFlight = Math.Max(MostInFlight, inFlight);
            if (inFlight >= gathered)
                _gathered.TrySetResult();
            await _gathered.Task.WaitAsync(Guard, cancelled);
            do
                await Task.Delay(_latency, cancelled);
            while (Holds);
            Interlocked.Decrement(ref _inFlight);

            var isJson = request.RequestUri!.AbsolutePath.EndsWith(".json", StringComparison.Ordinal);
            var body = isJson ? """{"country": "Somewhere"}"""u8 : "GIF89a;"u8;
            var content = new ByteArrayContent(body.ToArray());
            content.Headers.ContentType = new(isJson ? "application/json" : "image/gif");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        }
    }

    private sealed class ObservingStore(CountingHandler server) : IFlagStore
    {
        private int _saves;
        private int _savesWithRequestInFlight;

        public int Saves => _saves;

        public int SavesWithRequestInFlight => _savesWithRequestInFlight;

        public void Save(byte[] image, string fileName)
        {
            var isFirst = Interlocked.Increment(ref _saves) == 1;

            // There are others to come: if saving holds nobody up, one comes while this waits. On the loop's thread it would wait for itself.
            if (isFirst && SynchronizationContext.Current is null)
            {
                server.Holds = true;
                SpinWait.SpinUntil(() => server.InFlight > 0, CountingHandler.Guard);
                server.Holds = false;
            }

            if (server.InFlight > 0)
                Interlocked.Increment(ref _savesWithRequestInFlight);
        }
    }
}
