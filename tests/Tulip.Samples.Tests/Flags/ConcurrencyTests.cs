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
        using var server = new CountingHandler();
        var job = Download(program, server, concurrency: 7);
        Assert.Equal(Count, job.Tally[FlagStatus.Ok]);
        Assert.Equal(7, server.MostInFlight);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Save_IsNotCountedAsARequest(string program)
    {
        using var server = new CountingHandler();
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

    private sealed class CountingHandler : HttpMessageHandler
    {
        private readonly TimeSpan _latency = TimeSpan.FromMilliseconds(1);
        private int _inFlight;

        public int InFlight => Volatile.Read(ref _inFlight);

        public int MostInFlight { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancelled)
        {
            var inFlight = Interlocked.Increment(ref _inFlight);
            lock (this)
                MostInFlight = Math.Max(MostInFlight, inFlight);
            await Task.Delay(_latency, cancelled);
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
            Interlocked.Increment(ref _saves);
            if (server.InFlight > 0)
                Interlocked.Increment(ref _savesWithRequestInFlight);
        }
    }
}
