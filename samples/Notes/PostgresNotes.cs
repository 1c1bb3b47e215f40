// PostgresNotes: notes in PostgreSQL, through Npgsql as it is: nothing in it knows of Tulip.
//   1. Each call hands Aio.CancelToken on. Cancelling the task then cancels the query, on the server too.
//   2. A connection is taken for one command and given back: as many queries run at once as the pool has connections
//      (Maximum Pool Size in the connection string, 100 at first), further ones wait in the pool's queue.
//   3. After each await the coroutine is on its loop again, on whatever thread Npgsql has read the answer.
//   4. Npgsql asks the server to cancel from inside the token's callback, and blocks meanwhile: a query that may be cancelled
//      gets a token whose callbacks run on the thread pool (OffLoop).
using Npgsql;

namespace Notes;

internal sealed class PostgresNotes : INoteStore
{
    private const string Columns = "id, text, made";

    private readonly NpgsqlDataSource _database;

    private PostgresNotes(NpgsqlDataSource database) => _database = database;

    /// <summary>Connects, and makes the table if there is none.</summary>
    /// <param name="connectionString">Npgsql's: <c>Host=localhost;Username=notes;Database=notes</c>.</param>
    public static async Coroutine<PostgresNotes> Open(string connectionString)
    {
        var store = new PostgresNotes(NpgsqlDataSource.Create(connectionString));
        try
        {
            await using var command = store._database.CreateCommand(
                "create table if not exists notes (id bigint generated always as identity primary key, text text not null, made timestamptz not null default now())");
            await command.ExecuteNonQueryAsync(CancelToken);
            return store;
        }
        catch
        {
            await store._database.DisposeAsync();
            throw;
        }
    }

    public async Coroutine<Note> Add(string text)
    {
        await using var command = _database.CreateCommand($"insert into notes (text) values ($1) returning {Columns}");
        command.Parameters.AddWithValue(text);
        return (await First(command))!;
    }

    public async Coroutine<Note?> Find(long id)
    {
        await using var command = _database.CreateCommand($"select {Columns} from notes where id = $1");
        command.Parameters.AddWithValue(id);
        return await First(command);
    }

    public async Coroutine<IReadOnlyList<Note>> Search(string word)
    {
        await using var command = _database.CreateCommand($"select {Columns} from notes where strpos(text, $1) > 0 order by id desc limit 100");
        command.Parameters.AddWithValue(word);
        var notes = new List<Note>();
        await using var reader = await command.ExecuteReaderAsync(CancelToken);
        while (await reader.ReadAsync(CancelToken))
            notes.Add(Read(reader));
        return notes;
    }

    public async Coroutine<bool> Delete(long id)
    {
        await using var command = _database.CreateCommand("delete from notes where id = $1");
        command.Parameters.AddWithValue(id);
        return await command.ExecuteNonQueryAsync(CancelToken) > 0;
    }

    public async Coroutine<long> SlowReport(double seconds)
    {
        await using var command = _database.CreateCommand("select count(*) from notes, (select pg_sleep($1)) as pause");
        command.Parameters.AddWithValue(seconds);
        return (long)(await OffLoop(command.ExecuteScalarAsync))!;
    }

    public async Coroutine Close() => await _database.DisposeAsync();

    /// <summary>Hands a call a token that is cancelled with the current task, but on the thread pool.</summary>
    private static async Coroutine<T> OffLoop<T>(Func<CancellationToken, Task<T>> call)
    {
        var source = new CancellationTokenSource();
        using var registration = CancelToken.UnsafeRegister(static source => _ = ((CancellationTokenSource)source!).CancelAsync(), source);
        return await call(source.Token);
    }

    private static async Coroutine<Note?> First(NpgsqlCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync(CancelToken);
        return await reader.ReadAsync(CancelToken) ? Read(reader) : null;
    }

    private static Note Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2));
}
