// Semaphores and bounded semaphores.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class SemaphoreStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("semaphore", (_, spec) => new AsyncSemaphore((int)spec.Number("value")));
        vocabulary.Kind("bounded_semaphore", (_, spec) => new AsyncBoundedSemaphore((int)spec.Number("value")));
        vocabulary.Method<AsyncSemaphore>("sem.acquire", (target, _) => target.Acquire().Giving(true));
        vocabulary.Plain<AsyncSemaphore>("sem.release", (target, _) => target.Release());
        vocabulary.Plain<AsyncSemaphore>("sem.locked", (target, _) => target.Locked);
        vocabulary.Block("sem.with", (run, instance, s) => HeldBlock.Run(run, instance, s, run.Object<AsyncSemaphore>(s).Acquire()));
    }
}
