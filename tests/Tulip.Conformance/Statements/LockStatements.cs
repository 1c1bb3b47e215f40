// Locks.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class LockStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("lock", (_, _) => new AsyncLock());
        vocabulary.Method<AsyncLock>("lock.acquire", (target, _) => target.Acquire().Giving(true));
        vocabulary.Plain<AsyncLock>("lock.release", (target, _) => target.Release());
        vocabulary.Plain<AsyncLock>("lock.locked", (target, _) => target.Locked);
        vocabulary.Block("lock.with", (run, instance, s) => HeldBlock.Run(run, instance, s, run.Object<AsyncLock>(s).Acquire()));
    }
}
