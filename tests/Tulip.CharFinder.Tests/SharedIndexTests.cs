using CharFinder;
using static Tulip.Aio;

namespace Tulip.CharFinder.Tests;

public sealed class SharedIndexTests
{
    private const int PassesToSettle = 20;

    [Fact]
    public void ManyWhoAskAtOnce_LoadOnce()
    {
        using var loading = new GatedLoad();
        Run(async () =>
        {
            var shared = new SharedIndex(loading.Load);
            var waiters = Enumerable.Range(0, 10).Select(_ => CreateTask(shared.Get())).ToArray();
            await Settle();
            Assert.All(waiters, waiter => Assert.False(waiter.Done));
            Assert.False(shared.IsReady);

            loading.Open();
            Assert.All(await Gather(waiters), index => Assert.Same(TestIndex.Sample, index));
            Assert.Same(TestIndex.Sample, await shared.Get());
            Assert.True(shared.IsReady);
            Assert.Equal(1, loading.Calls);
        });
    }

    [Fact]
    public void EarlyQuery_WaitsWhileTheLoopGoesOn()
    {
        using var loading = new GatedLoad();
        Run(async () =>
        {
            var shared = new SharedIndex(loading.Load);
            var early = CreateTask(shared.Search("rook"));
            await Settle(); // the load blocks its thread; here, passes are made
            Assert.False(early.Done);

            loading.Open();
            Assert.Equal("2 matches for 'rook'", ResultText.Status(await early));
            Assert.NotEqual(Environment.CurrentManagedThreadId, loading.Thread);
        });
    }

    [Fact]
    public void Nothing_IsLoadedBeforeSomebodyAsks()
    {
        using var loading = new GatedLoad();
        Run(async () =>
        {
            _ = new SharedIndex(loading.Load);
            await Settle();
            Assert.Equal(0, loading.Calls);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void CancelledWaiter_LeavesTheLoadToTheOthers(int cancelled)
    {
        using var loading = new GatedLoad();
        Run(async () =>
        {
            var shared = new SharedIndex(loading.Load);
            var waiters = Enumerable.Range(0, 3).Select(_ => CreateTask(shared.Get())).ToArray();
            await Settle();
            waiters[cancelled].Cancel();
            await Settle();
            Assert.True(waiters[cancelled].Cancelled);
            Assert.Equal(1, waiters.Count(waiter => waiter.Done));

            loading.Open();
            foreach (var waiter in waiters.Where(waiter => !waiter.Cancelled))
                Assert.Same(TestIndex.Sample, await waiter);
            Assert.Equal(1, loading.Calls);
        });
    }

    [Fact]
    public void LoadThatAllHaveLeft_GoesOnForTheNext()
    {
        using var loading = new GatedLoad();
        Run(async () =>
        {
            var shared = new SharedIndex(loading.Load);
            var waiters = Enumerable.Range(0, 3).Select(_ => CreateTask(shared.Get())).ToArray();
            await Settle();
            foreach (var waiter in waiters)
                waiter.Cancel();
            await Wait(waiters);
            Assert.All(waiters, waiter => Assert.True(waiter.Cancelled));

            var next = CreateTask(shared.Get());
            await Settle();
            loading.Open();
            Assert.Same(TestIndex.Sample, await next);
            Assert.Equal(1, loading.Calls);
        });
    }

    [Fact]
    public void FailedLoad_IsToldToAllWhoWaited_AndTriedAgain()
    {
        using var loading = new GatedLoad { Failure = new InvalidDataException("no index today") };
        Run(async () =>
        {
            var shared = new SharedIndex(loading.Load);
            var waiters = Enumerable.Range(0, 3).Select(_ => CreateTask(shared.Get())).ToArray();
            await Settle();
            loading.Open();
            await Wait(waiters);
            Assert.All(waiters, waiter => Assert.Equal("no index today", waiter.Exception()?.Message));

            loading.Failure = null;
            Assert.Same(TestIndex.Sample, await shared.Get());
            Assert.Equal(2, loading.Calls);
        });
    }

    private static async Coroutine Settle()
    {
        for (var pass = 0; pass < PassesToSettle; pass++)
            await Sleep(0);
    }

    /// <summary>A load that takes until the test lets it through.</summary>
    private sealed class GatedLoad : IDisposable
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

        private readonly ManualResetEventSlim _gate = new();
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public int Thread { get; private set; }

        public Exception? Failure { get; set; }

        public CharIndex Load()
        {
            Interlocked.Increment(ref _calls);
            Thread = Environment.CurrentManagedThreadId;
            Assert.True(_gate.Wait(s_patience), "Nobody let the load through.");
            return Failure is null ? TestIndex.Sample : throw Failure;
        }

        public void Open() => _gate.Set();

        public void Dispose() => _gate.Dispose();
    }
}
