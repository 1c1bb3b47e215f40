// Sleeping and awaiting, and the awaitables that are not made of others.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class AwaitStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Waiting("sleep", (_, _, s) => Aio.Sleep(s.Seconds("ms")!.Value, s.Value("value")));
        vocabulary.Waiting("await", async (run, _, s) =>
            run.MakeAwaitable(s.GetProperty("aw")) is { } awaitable ? await Awaitables.Await(awaitable) : Raw.Unbound);

        vocabulary.Awaitable("var", (run, spec) => (IAwaitable<object?>?)run.Variable(spec.Text("var")));
        vocabulary.Awaitable("call", (run, spec) => run.RunInstance(run.NewInstance(spec.Text("call"), spec.Text("as"))));
        vocabulary.Awaitable("spawn", (run, spec) =>
        {
            TaskStatements.Spawn(run, spec, "spawn", (coroutine, name) => run.Loop.CreateTask(
                coroutine, name, eagerStart: spec.Flag("eager") ? true : null));
            return (IAwaitable<object?>)run.Variables[spec.Text("as")];
        });
        vocabulary.Awaitable("sleep", (_, spec) => Aio.Sleep(spec.Seconds("sleep")!.Value, spec.Value("value")));
        vocabulary.Awaitable("lib", (run, spec) => run.CallMethod(spec));
    }
}
