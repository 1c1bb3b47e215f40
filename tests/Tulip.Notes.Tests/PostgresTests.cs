using System.Globalization;
using Npgsql;

namespace Tulip.Notes.Tests;

/// <summary>Npgsql as it is, from one loop, against a real server.</summary>
public sealed class PostgresTests(PostgresServer server)
{
    private const int Connections = 20;

    [Fact]
    public void Notes_AreKeptFoundAndDeleted() => Run(static async (store, _) =>
    {
        var word = Guid.NewGuid().ToString();
        var note = await store.Add($"a {word} 'quoted'");
        Assert.Equal(note, await store.Find(note.Id));
        Assert.Equal([note], await store.Search(word));
        Assert.True(await store.Delete(note.Id));
        Assert.False(await store.Delete(note.Id));
        Assert.Null(await store.Find(note.Id));
    });

    [Fact]
    public void HundredsOfQueries_FromOneLoop_AreAllAnswered_OnItsThread_WithinThePool() => Run(static async (store, observer) =>
    {
        var thread = Environment.CurrentManagedThreadId;
        var note = await store.Add("one of many");
        var most = 0L;
        await TaskGroup.Run(async group =>
        {
            var queries = Enumerable.Range(0, 400).Select(_ => group.CreateTask(Query())).ToList();
            while (!queries.TrueForAll(static query => query.Done))
                most = Math.Max(most, await observer.Count("true"));
        });
        Assert.InRange(most, 2, Connections);

        async Coroutine Query()
        {
            Assert.Equal(note, await store.Find(note.Id));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            await store.SlowReport(0.005);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }
    });

    [Fact]
    public void SlowQuery_DelaysNobody() => Run(static async (store, observer) =>
    {
        var slow = CreateTask(store.SlowReport(600));
        await observer.Until(observer.Sleeping, 1);
        await Gather(Enumerable.Range(0, 200).Select(_ => store.Find(1)));
        Assert.False(slow.Done);
        slow.Cancel();
        await Expect.Cancelled(async () => await slow);
    });

    [Fact]
    public void CancelledTask_CancelsItsQueryOnTheServer_AndTheConnectionIsUsedAgain() => Run(static async (store, observer) =>
    {
        var reports = Enumerable.Range(0, 10).Select(_ => CreateTask(store.SlowReport(600))).ToList();
        await observer.Until(observer.Sleeping, 10);
        var before = await observer.Count("true");
        foreach (var report in reports)
            report.Cancel();
        await Wait(reports);
        Assert.All(reports, static report => Assert.True(report.Cancelled));
        await observer.Until(observer.Sleeping, 0);
        await Gather(Enumerable.Range(0, 10).Select(_ => store.Find(1)));
        Assert.Equal(before, await observer.Count("true"));
    });

    [Fact]
    public void Timeout_CancelsTheQueryToo() => Run(static async (store, observer) =>
    {
        await Expect.Throws<TimeoutException>(async () => await WithTimeout(0.05, async Coroutine<long> (_) => await store.SlowReport(600)));
        await observer.Until(observer.Sleeping, 0);
    });

    [Fact]
    public void FailingTaskOfAGroup_CancelsTheOthersQueries() => Run(static async (store, observer) =>
    {
        await Expect.Throws<AggregateException>(() => TaskGroup.Run(async group =>
        {
            group.CreateTask(store.SlowReport(600));
            group.CreateTask(store.SlowReport(600));
            await observer.Until(observer.Sleeping, 2);
            Expect.Raise(new InvalidOperationException("one fails"));
        }));
        await observer.Until(observer.Sleeping, 0);
    });

    [Fact]
    public void FullPool_MakesFurtherQueriesWait_AndACancelledWaitTakesNoConnection() => Run(static async (store, observer) =>
    {
        var reports = Enumerable.Range(0, Connections).Select(_ => CreateTask(store.SlowReport(600))).ToList();
        await observer.Until(observer.Sleeping, Connections);
        var find = CreateTask(store.Find(-1)); // other tests add notes
        var abandoned = CreateTask(store.Find(-1));
        for (var i = 0; i < 5; i++)
            await observer.Count("true");
        Assert.False(find.Done);
        abandoned.Cancel();
        await Expect.Cancelled(async () => await abandoned);
        reports[0].Cancel();
        Assert.Null(await find);
        reports.ForEach(static report => report.Cancel());
        await Wait(reports);
    });

    [Fact]
    public void ServerRestart_FailsWhatRuns_AndTheNextQueriesWork()
    {
        PostgresServer.SkipIfMissing();
        using var own = new PostgresServer();
        Run(own, async (store, observer) =>
        {
            var note = await store.Add("before");
            var reports = Enumerable.Range(0, 5).Select(_ => CreateTask(store.SlowReport(600))).ToList();
            await observer.Until(observer.Sleeping, 5);
            await ToThread(own.Stop);
            await Wait(reports);
            Assert.All(reports, static report => Assert.IsAssignableFrom<NpgsqlException>(report.Exception()));
            await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await store.Find(note.Id));
            await ToThread(own.Start);

            // A connection that lay in the pool is found broken by the first that takes it.
            while (true)
            {
                try
                {
                    Assert.Equal(note, await store.Find(note.Id));
                    break;
                }
                catch (NpgsqlException exception) when (exception.IsTransient)
                {
                }
            }
        });
    }

    private void Run(Func<INoteStore, Observer, Coroutine> body)
    {
        PostgresServer.SkipIfMissing();
        Run(server, body);
    }

    private static void Run(PostgresServer server, Func<INoteStore, Observer, Coroutine> body) => LoopTest.RunInRealTime(async () =>
    {
        var connection = server.ConnectionString(Connections);
        var store = await PostgresNotes.Open(connection);
        await using var observer = new Observer(server.ConnectionString(1), new NpgsqlConnectionStringBuilder(connection).ApplicationName!);
        await body(store, observer);
        await store.Close();
    });

    /// <summary>Looks at what the server does for the store's connections.</summary>
    private sealed class Observer(string connection, string application) : IAsyncDisposable
    {
        private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connection);

        public string Sleeping => "state = 'active' and query like '%pg_sleep%'";

        public async Coroutine<long> Count(string condition)
        {
            await using var command = _database.CreateCommand(string.Create(
                CultureInfo.InvariantCulture, $"select count(*) from pg_stat_activity where application_name = '{application}' and {condition}"));
            return (long)(await command.ExecuteScalarAsync())!;
        }

        public async Coroutine Until(string condition, long count)
        {
            while (await Count(condition) != count)
                await Sleep(0.002);
        }

        public ValueTask DisposeAsync() => _database.DisposeAsync();
    }
}
