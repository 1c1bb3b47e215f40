// gather, shield, wait_for and wait.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class CombinatorStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Waiting("gather", async (run, _, s) => await Awaitables.Await(Gather(run, s, "aws")));
        vocabulary.Waiting("wait_for", async (run, _, s) => run.MakeAwaitable(s.GetProperty("aw")) is { } awaitable
            ? await Awaitables.WaitFor(awaitable, s.Seconds("timeout"))
            : Raw.Unbound);
        vocabulary.Waiting("wait", Wait);

        vocabulary.Awaitable("gather", (run, spec) => Gather(run, spec, "gather"));
        vocabulary.Awaitable("shield", (run, spec) => run.MakeAwaitable(spec.GetProperty("shield")) is { } inner
            ? (IAwaitable<object?>)Awaitables.Shield(inner)
            : null);
        vocabulary.Awaitable("wait_for", (run, spec) => run.MakeAwaitable(spec.GetProperty("wait_for")) is { } inner
            ? Awaitables.WaitFor(inner, spec.Seconds("timeout"))
            : null);
    }

    private static IAwaitable<object?> Gather(Runtime run, JsonElement s, string field)
        => (IAwaitable<object?>)Awaitables.Gather(run.MakeAwaitables(s.Items(field)), s.Flag("rx"));

    private static async Coroutine<object?> Wait(Runtime run, Instance instance, JsonElement s)
    {
        var labels = new FutureLabels();
        var futures = labels.Make(run, s.Items("aws")).Cast<Future>().ToArray();
        if (futures.Length == 0)
            return Raw.Unbound;

        var (done, pending) = await Aio.Wait(futures, s.Seconds("timeout"), s.Text("return_when") switch
        {
            "FIRST_COMPLETED" => ReturnWhen.FirstCompleted,
            "FIRST_EXCEPTION" => ReturnWhen.FirstException,
            _ => ReturnWhen.AllCompleted,
        });
        return new Raw($"done[{Sorted(done)}] pending[{Sorted(pending)}]");

        string Sorted(IEnumerable<Future> part) => string.Join(',', part.Select(labels.Of).Order(StringComparer.Ordinal));
    }
}
