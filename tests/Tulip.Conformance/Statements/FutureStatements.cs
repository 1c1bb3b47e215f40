// Futures: making, setting and looking at them.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class FutureStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("future", (run, name, _) => run.Variables[name] = run.Loop.CreateFuture<object?>());
        vocabulary.Plain("new_future", (run, _, s) =>
        {
            run.Variables[s.Text("as")] = run.Loop.CreateFuture<object?>();
            return null;
        });
        vocabulary.Plain("bind", (run, _, s) =>
        {
            if (run.MakeAwaitable(s.GetProperty("aw")) is not Future future)
                return Raw.Unbound;
            run.Variables[s.Text("as")] = future;
            return null;
        });
        vocabulary.Plain("inspect", (run, _, s) => OfFuture(run, s, future => new Raw(Show.State(future))));
        vocabulary.Plain("fut.result", (run, _, s) => OfFuture(run, s, Awaitables.Result));
        vocabulary.Plain("fut.exception", (run, _, s) => OfFuture(run, s, future => future.Exception()));
        vocabulary.Plain("fut.set_result", (run, _, s) => OfFuture(run, s, future =>
        {
            Settable(future).SetResult(s.Value("value"));
            return null;
        }));
        vocabulary.Plain("fut.set_exception", (run, _, s) => OfFuture(run, s, future =>
        {
            Settable(future).SetException(Errors.Make(s.Text("kind"), s.TextOrNull("msg")));
            return null;
        }));
    }

    private static object? OfFuture(Runtime run, JsonElement s, Func<Future, object?> get)
        => run.Variable(s.Text("var")) is { } future ? get(future) : Raw.Unbound;

    // The future of a gather has an array for its type, which no value of the language is.
    private static Future<object?> Settable(Future future)
        => future as Future<object?> ?? throw new UnsupportedException("setting the result of a gather");
}
