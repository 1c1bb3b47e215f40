// The block with a time limit.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class TimeoutStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Block("timeout", Timeout);
        vocabulary.Plain("reschedule", (run, _, s) =>
        {
            if (!run.Timeouts.TryGetValue(s.Text("var"), out var timeout))
                return Raw.Unbound;
            timeout.Reschedule(s.Seconds("ms") is { } delay ? run.Loop.Time + delay : null);
            return null;
        });
    }

    /// <summary>What a block shows of cancels that were not taken back.</summary>
    public static string CancellingSuffix(Runtime run) => run.CurrentTask is { Cancelling: > 0 and var n } ? $" c={n}" : "";

    private static async Coroutine<Return?> Timeout(Runtime run, Instance instance, JsonElement s)
    {
        AsyncTimeout? timeout = null;
        Func<AsyncTimeout, Coroutine<Return?>> body = async entered =>
        {
            timeout = entered;
            if (s.TextOrNull("as") is { } name)
                run.Timeouts[name] = entered;
            return await run.RunBlock(instance, s.Items("body"));
        };

        var outcome = "=null";
        try
        {
            return s.Has("at")
                ? await Aio.WithTimeoutAt(s.Seconds("at"), body)
                : await Aio.WithTimeout(s.Seconds("ms"), body);
        }
        catch (Exception exception)
        {
            outcome = "!" + Errors.Show(exception);
            throw;
        }
        finally
        {
            run.Emit(instance.Name, s, outcome + (timeout is { Expired: true } ? " expired" : "") + CancellingSuffix(run));
        }
    }
}
