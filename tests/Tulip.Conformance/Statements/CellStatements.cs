// Cells, which are plain shared integers, and the statement that tests one.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class CellStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("cell", (run, name, spec) => run.Cells[name] = spec.Number("value"));
        vocabulary.Plain("cell.set", (run, _, s) =>
        {
            run.Cells[s.Text("obj")] = s.Number("value");
            return null;
        });
        vocabulary.Plain("cell.add", (run, _, s) => run.Cells[s.Text("obj")] += s.Number("n"));
        vocabulary.Block("if", async (run, instance, s) =>
            await run.RunBlock(instance, s.Items(run.Cells[s.Text("cell")] >= s.Number("ge") ? "then" : "else")));
    }
}
