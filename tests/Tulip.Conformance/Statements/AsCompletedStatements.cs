// as_completed, in its two modes: a coroutine for each result, or the futures themselves.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class AsCompletedStatements
{
    public static void Register(Vocabulary vocabulary) => vocabulary.Block("as_completed", AsCompleted);

    private static async Coroutine<Return?> AsCompleted(Runtime run, Instance instance, JsonElement s)
    {
        var labels = new FutureLabels();
        var awaitables = labels.Make(run, s.Items("aws"));
        var completed = Aio.AsCompleted(awaitables.Select(Awaitables.EnsureFuture).ToArray(), s.Seconds("timeout"));
        int count;
        try
        {
            count = s.Text("mode") == "async"
                ? await Futures(run, instance, s, completed, labels)
                : await Results(run, instance, s, completed);
        }
        catch (Exception exception)
        {
            run.Emit(instance.Name, s, "!" + Errors.Show(exception));
            throw;
        }

        run.Emit(instance.Name, s, $"={count}");
        return null;
    }

    private static async Coroutine<int> Futures(
        Runtime run, Instance instance, JsonElement s, AsCompletedSequence<Future<object?>, object?> completed, FutureLabels labels)
    {
        var count = 0;
        await foreach (var future in completed)
        {
            run.Emit(instance.Name, s, $"item {labels.Of(future)} {Show.State(future)}");
            if (++count == Stop(s))
                break;
        }

        return count;
    }

    private static async Coroutine<int> Results(
        Runtime run, Instance instance, JsonElement s, AsCompletedSequence<Future<object?>, object?> completed)
    {
        var count = 0;
        foreach (var next in completed)
        {
            try
            {
                run.Emit(instance.Name, s, $"item ={Show.Value(await next)}");
            }
            catch (Exception exception) when (exception is not CancelledException && s.Flag("catch"))
            {
                run.Emit(instance.Name, s, $"item !{Errors.Show(exception)}");
            }

            if (++count == Stop(s))
                break;
        }

        return count;
    }

    private static long Stop(JsonElement s) => s.Has("break_after") ? s.Number("break_after") : -1;
}
