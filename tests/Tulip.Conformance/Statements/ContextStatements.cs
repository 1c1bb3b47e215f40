// Context variables.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class ContextStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("contextvar", (run, name, spec) => run.Objects[name] = new ContextVar<object?>(name, spec.Value("default")));
        vocabulary.Plain<ContextVar<object?>>("ctx.set", (variable, s) => { variable.Set(s.Value("value")); });
        vocabulary.Plain<ContextVar<object?>>("ctx.get", (variable, _) => variable.Value);
    }
}
