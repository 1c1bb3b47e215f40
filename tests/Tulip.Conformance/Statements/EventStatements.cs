// Events.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class EventStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("event", (_, _) => new AsyncEvent());
        vocabulary.Method<AsyncEvent>("event.wait", (target, _) => target.Wait().Giving(true));
        vocabulary.Plain<AsyncEvent>("event.set", (target, _) => target.Set());
        vocabulary.Plain<AsyncEvent>("event.clear", (target, _) => target.Clear());
        vocabulary.Plain<AsyncEvent>("event.is_set", (target, _) => target.IsSet);
    }
}
