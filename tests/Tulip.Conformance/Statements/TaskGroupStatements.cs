// Task groups.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class TaskGroupStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Block("taskgroup", Group);
        vocabulary.Plain("tg.spawn", (run, _, s) => run.Groups.TryGetValue(s.Text("tg"), out var group)
            ? TaskStatements.Spawn(run, s, "fn", (coroutine, name) => group.CreateTask(coroutine, name))
            : Raw.Unbound);
    }

    private static async Coroutine<Return?> Group(Runtime run, Instance instance, JsonElement s)
    {
        var outcome = "=null";
        try
        {
            return await TaskGroup.Run<Return?>(async group =>
            {
                run.Groups[s.Text("as")] = group;
                return await run.RunBlock(instance, s.Items("body"));
            });
        }
        catch (Exception exception)
        {
            outcome = "!" + Errors.Show(exception);
            throw;
        }
        finally
        {
            run.Emit(instance.Name, s, outcome + TimeoutStatements.CancellingSuffix(run));
        }
    }
}
