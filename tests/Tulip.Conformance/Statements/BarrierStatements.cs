// Barriers.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class BarrierStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("barrier", (_, spec) => new AsyncBarrier((int)spec.Number("parties")));
        vocabulary.Method<AsyncBarrier>("barrier.wait", (target, _) => target.Wait().Boxed());
        vocabulary.Method<AsyncBarrier>("barrier.reset", (target, _) => target.Reset().Giving(null));
        vocabulary.Method<AsyncBarrier>("barrier.abort", (target, _) => target.Abort().Giving(null));
        vocabulary.Plain<AsyncBarrier>("barrier.state", (target, _) => new object[] { target.NWaiting, target.Broken });
    }
}
