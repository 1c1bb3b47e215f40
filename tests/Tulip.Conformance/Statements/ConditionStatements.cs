// Conditions.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class ConditionStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("condition", (run, spec) =>
            new AsyncCondition(spec.TextOrNull("lock") is { } gate ? (AsyncLock)run.Objects[gate] : null));
        vocabulary.Method<AsyncCondition>("cond.acquire", (target, _) => target.Acquire().Giving(true));
        vocabulary.Method<AsyncCondition>("cond.wait", (target, _) => target.Wait().Giving(true));
        vocabulary.Waiting("cond.wait_for", (run, _, s) =>
            run.Object<AsyncCondition>(s).WaitFor(() => run.Cells[s.Text("cell")] >= s.Number("ge")).Giving(true));
        vocabulary.Plain<AsyncCondition>("cond.release", (target, _) => target.Release());
        vocabulary.Plain<AsyncCondition>("cond.locked", (target, _) => target.Locked);
        vocabulary.Plain<AsyncCondition>("cond.notify", (target, s) => target.Notify((int)s.Number("n")));
        vocabulary.Plain<AsyncCondition>("cond.notify_all", (target, _) => target.NotifyAll());
        vocabulary.Block("cond.with", (run, instance, s) => HeldBlock.Run(run, instance, s, run.Object<AsyncCondition>(s).Acquire()));
    }
}
