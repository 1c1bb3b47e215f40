using System.Runtime.CompilerServices;

namespace Tulip.Notes.Tests;

/// <summary>The examples of docs/databases.md, with libraries that do nothing but what matters here.</summary>
public sealed class DatabasesPage
{
    [Fact]
    public void LibraryWithToken_IsCancelledWithTheTask() => LoopTest.RunInRealTime(static async () =>
    {
        var query = CreateTask(Query());
        await Sleep(0);
        query.Cancel();
        await Expect.Cancelled(async () => await query);

        static async Coroutine<string> Query() => await Library.WithToken(CancelToken);
    });

    [Fact]
    public void LibraryWithoutToken_TheWaitIsAbandoned_TheWorkIsNot() => LoopTest.RunInRealTime(static async () =>
    {
        var library = new TaskCompletionSource<string>();
        var query = CreateTask(Query(library.Task));
        await Sleep(0);
        query.Cancel();
        await Expect.Cancelled(async () => await query);
        Assert.False(library.Task.IsCompleted);
        library.SetResult("nobody waits for it any more");

        static async Coroutine<string> Query(Task<string> answer) => await WrapFuture(answer);
    });

    [Fact]
    public void LibraryWithoutToken_PlainAwait_TakesTheCancelAtTheEnd() => LoopTest.RunInRealTime(static async () =>
    {
        var got = "";
        var library = new TaskCompletionSource<string>();
        var query = CreateTask(Query(library.Task));
        await LoopTest.Passes(2);
        query.Cancel();
        await LoopTest.Passes(5);
        Assert.False(query.Done);
        library.SetResult("in spite of the cancel");
        await Expect.Cancelled(async () => await query);
        Assert.Equal("in spite of the cancel", got);

        async Coroutine Query(Task<string> answer) => got = await answer;
    });

    [Fact]
    public void OneConnection_OneTaskAtATime() => LoopTest.RunInRealTime(static async () =>
    {
        var connection = new OneAtATime();
        var turn = new AsyncLock();
        await Gather(Enumerable.Range(0, 20).Select(_ => Ask()));

        async Coroutine<int> Ask()
        {
            using (await turn.Acquire())
                return await connection.QueryAsync();
        }
    });

    [Fact]
    public void BlockingLibrary_OnThreads_AsManyAsItMayHave() => LoopTest.RunInRealTime(static async () =>
    {
        var threads = new CapacityLimiter(4);
        var answers = await Gather(Enumerable.Range(0, 20).Select(i => ToThread(() => Library.Blocking(i), threads)));
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => i * i), answers);
    });

    [Fact]
    public void ThreadAffineLibrary_OnAThreadOfItsOwn() => LoopTest.RunInRealTime(static async () =>
    {
        using var thread = new ThreadPoolExecutor(maxWorkers: 1);
        var loop = GetRunningLoop();
        var handle = await loop.RunInExecutor(thread, static () => new ThreadAffine());
        var answers = await Gather(Enumerable.Range(0, 20).Select(i => loop.RunInExecutor(thread, () => handle.Ask(i))));
        Assert.Equal(Enumerable.Range(1, 20), answers);
    });

    [Fact]
    public void EventsOfALibrary_ComeToTheLoop() => LoopTest.RunInRealTime(static async () =>
    {
        var loop = GetRunningLoop();
        var news = new AsyncQueue<int>();
        var library = new Notifying();
        library.Changed += number => loop.CallSoonThreadsafe(() => news.PutNoWait(number));
        library.Start(count: 3);
        for (var i = 0; i < 3; i++)
            Assert.Equal(i, await news.Get());
    });

    [Fact]
    public void AsyncSequence_OfALibrary_IsCancelledWithTheTask() => LoopTest.RunInRealTime(static async () =>
    {
        var rows = 0;
        var reading = CreateTask(Read());
        while (rows < 3)
            await Sleep(0.001);
        reading.Cancel();
        await Expect.Cancelled(async () => await reading);

        async Coroutine Read()
        {
            await foreach (var row in Library.Rows().WithCancellation(CancelToken))
                rows = row;
        }
    });

    private static class Library
    {
        public static async Task<string> WithToken(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
            return "";
        }

        public static int Blocking(int number) => number * number;

        public static async IAsyncEnumerable<int> Rows([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                await Task.Delay(i < 5 ? 1 : Timeout.Infinite, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>As a <c>DbConnection</c> or a <c>DbContext</c>: fails if it is used while it is in use.</summary>
    private sealed class OneAtATime
    {
        private int _inUse;

        public async Task<int> QueryAsync()
        {
            Assert.Equal(1, Interlocked.Increment(ref _inUse));
            await Task.Yield();
            return Interlocked.Decrement(ref _inUse);
        }
    }

    private sealed class ThreadAffine
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public int Ask(int number)
        {
            Assert.Equal(_thread, Environment.CurrentManagedThreadId);
            return number + 1;
        }
    }

    private sealed class Notifying
    {
        public event Action<int>? Changed;

        public void Start(int count) => new Thread(() =>
        {
            for (var i = 0; i < count; i++)
                Changed?.Invoke(i);
        }).Start();
    }
}
