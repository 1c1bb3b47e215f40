// Tasks: spawning, cancelling, names.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class TaskStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Plain("spawn", (run, _, s) => Spawn(run, s, "fn", (coroutine, name) => run.Loop.CreateTask(
            coroutine,
            name,
            s.TextOrNull("context") == "empty" ? new Context() : null,
            s.Flag("eager") ? true : null)));
        vocabulary.Plain("cancel", (run, _, s) => run.Variable(s.Text("var")) is { } future ? future.Cancel(s.TextOrNull("msg")) : Raw.Unbound);
        vocabulary.Plain("uncancel", (run, _, s) => OfTask(run, s, task => task.Uncancel()));
        vocabulary.Plain("cancelling", (run, _, s) => OfTask(run, s, task => task.Cancelling));
        vocabulary.Plain("task_name", (run, _, s) => OfTask(run, s, Show.TaskName));
        vocabulary.Plain("set_name", (run, _, s) => OfTask(run, s, task =>
        {
            task.Name = s.Text("name");
            return null;
        }));
    }

    /// <summary>Makes a task of a function's call and binds it to the statement's variable.</summary>
    public static Raw Spawn(Runtime run, JsonElement s, string functionField, Func<Coroutine<object?>, string, AsyncTask<object?>> create)
    {
        var instance = run.NewInstance(s.Text(functionField), s.Text("as"));
        run.Variables[s.Text("as")] = create(run.RunInstance(instance), instance.Name);
        return new Raw(instance.Name);
    }

    /// <summary>Something about the task that the statement names, or else the current one.</summary>
    private static object? OfTask(Runtime run, JsonElement s, Func<IAsyncTask, object?> get)
    {
        var task = s.Has("var") ? run.Variable(s.Text("var")) as IAsyncTask : run.CurrentTask;
        return task is null ? Raw.Unbound : get(task);
    }
}
