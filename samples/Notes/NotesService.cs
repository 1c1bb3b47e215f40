// NotesService: the store as a small web service. Every handler is a coroutine on its connection's loop, with one loop for all.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Notes;

internal static class NotesService
{
    private const int LongestNote = 10_000;

    /// <summary>Makes the service, which is not started yet.</summary>
    /// <param name="open">Opens the store, on the loop of the first request.</param>
    /// <param name="address">Where to listen, for example <c>http://127.0.0.1:8080</c>.</param>
    public static WebApplication Build(Func<Coroutine<INoteStore>> open, string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // what it says is thrown too
        builder.WebHost.UseUrls(address);
        builder.WebHost.UseTulip();
        var app = builder.Build();
        Map(app, new SharedStore(open));
        return app;
    }

    private static void Map(WebApplication app, SharedStore store)
    {
        app.MapCoroutineGet("/notes", async Coroutine<IReadOnlyList<Note>> (string? word) => await (await store.Get()).Search(word ?? ""));

        app.MapCoroutineGet("/notes/{id:long}", async Coroutine<IResult> (long id)
            => await (await store.Get()).Find(id) is { } note ? Results.Ok(note) : Results.NotFound());

        app.MapCoroutinePost("/notes", async Coroutine<IResult> (NewNote sent) =>
        {
            if (sent.Text is not { Length: > 0 and <= LongestNote } text)
                return Results.BadRequest($"A note has 1 to {LongestNote} characters.");

            var note = await (await store.Get()).Add(text);
            return Results.Created($"/notes/{note.Id}", note);
        });

        app.MapCoroutineDelete("/notes/{id:long}", async Coroutine<IResult> (long id)
            => await (await store.Get()).Delete(id) ? Results.NoContent() : Results.NotFound());

        // A client that goes away cancels its task, the task its query.
        app.MapCoroutineGet("/report", async Coroutine<IResult> (double seconds = 2) => seconds is >= 0 and <= 60
            ? Results.Ok(await (await store.Get()).SlowReport(seconds))
            : Results.BadRequest("A report takes 0 to 60 seconds."));

        app.Lifetime.ApplicationStopped.Register(store.Forget);
    }
}

/// <summary>The store that all requests share: opened by the first, which others wait for. One that could not be opened is tried again.</summary>
internal sealed class SharedStore(Func<Coroutine<INoteStore>> open)
{
    private readonly AsyncLock _opening = new();
    private INoteStore? _store;

    public async Coroutine<INoteStore> Get()
    {
        if (_store is not null)
            return _store;

        using (await _opening.Acquire())
            return _store ??= await open();
    }

    /// <summary>The service has ended: connections are closed with the process.</summary>
    public void Forget() => _store = null;
}
