using System.Net;
using System.Net.Http.Json;
using Npgsql;

namespace Tulip.Notes.Tests;

/// <summary>The service over HTTP.</summary>
public sealed class ServiceTests(PostgresServer server)
{
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Notes_OverHttp()
    {
        var folder = Directory.CreateTempSubdirectory("notes-http-");
        await using (var service = NotesService.Build(async Coroutine<INoteStore> () => await FileNotes.Open(Path.Combine(folder.FullName, "n.jsonl")), "http://127.0.0.1:0"))
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
            using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()), Timeout = s_guard };
            var made = await client.PostAsJsonAsync("/notes", new { text = "hello" });
            Assert.Equal((HttpStatusCode.Created, "/notes/1"), (made.StatusCode, made.Headers.Location?.ToString()));
            Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("/notes", new { text = "" })).StatusCode);
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.PostAsJsonAsync("/notes", new { text = $"note {i}" })));
            Assert.Equal("hello", (await client.GetFromJsonAsync<Note>("/notes/1"))!.Text);
            Assert.Equal(100, (await client.GetFromJsonAsync<Note[]>("/notes?word=note"))!.Length);
            Assert.Equal(101, await client.GetFromJsonAsync<long>("/report?seconds=0"));
            Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/notes/1")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/notes/1")).StatusCode);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task ClientThatGoesAway_CancelsItsQueryOnTheServer()
    {
        PostgresServer.SkipIfMissing();
        var connection = server.ConnectionString() + ";Command Timeout=0";
        await using var database = NpgsqlDataSource.Create(server.ConnectionString(1));
        await using var service = NotesService.Build(async Coroutine<INoteStore> () => await PostgresNotes.Open(connection), "http://127.0.0.1:0");
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()), Timeout = s_guard };
        using var leaving = new CancellationTokenSource();
        var report = client.GetAsync("/report?seconds=60", leaving.Token);
        await Until(1);
        Assert.NotNull(await client.GetFromJsonAsync<Note[]>("/notes"));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => report);
        await Until(0);

        async Task Until(long count)
        {
            while (true)
            {
                await using var command = database.CreateCommand("select count(*) from pg_stat_activity where application_name = $1 and state = 'active' and query like '%pg_sleep%'");
                command.Parameters.AddWithValue(new NpgsqlConnectionStringBuilder(connection).ApplicationName!);
                if ((long)(await command.ExecuteScalarAsync())! == count)
                    return;
            }
        }
    }
}
