// Statements about the flow of control: log, raise, return, reraise, loop, try.
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class ControlStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Plain("log", (_, _, s) => s.Value("msg"));
        vocabulary.Plain("raise", (_, _, s) => throw Errors.Make(s.Text("kind"), s.TextOrNull("msg")));
        vocabulary.Block("return", async (_, _, s) => new Return(s.Value("value")));
        vocabulary.Block("reraise", async (_, instance, _) => Reraise(instance));
        vocabulary.Block("loop", Loop);
        vocabulary.Block("try", Try);
    }

    private static Return? Reraise(Instance instance)
    {
        if (instance.Handling.TryPeek(out var exception))
            ExceptionDispatchInfo.Throw(exception);
        return null;
    }

    private static async Coroutine<Return?> Loop(Runtime run, Instance instance, JsonElement s)
    {
        for (var n = s.Number("n"); n > 0; n--)
        {
            if (await run.RunBlock(instance, s.Items("body")) is { } signal)
                return signal;
        }

        return null;
    }

    private static async Coroutine<Return?> Try(Runtime run, Instance instance, JsonElement s)
    {
        try
        {
            return await TryHandlers(run, instance, s);
        }
        finally
        {
            // A return inside only ends the finally block.
            if (s.Has("finally"))
            {
                run.Emit(instance.Name, s, "finally");
                await run.RunBlock(instance, s.Items("finally"));
            }
        }
    }

    private static async Coroutine<Return?> TryHandlers(Runtime run, Instance instance, JsonElement s)
    {
        try
        {
            return await run.RunBlock(instance, s.Items("body"));
        }
        catch (Exception exception) when (HandlerOf(s, exception) is not null)
        {
            run.Emit(instance.Name, s, $"caught {Errors.Show(exception)}");
            instance.Handling.Push(exception);
            try
            {
                return await run.RunBlock(instance, HandlerOf(s, exception)!.Value.Items("body"));
            }
            finally
            {
                instance.Handling.Pop();
            }
        }
    }

    private static JsonElement? HandlerOf(JsonElement s, Exception exception)
    {
        foreach (var handler in s.Items("handlers"))
        {
            if (Errors.Matches(handler.Text("match"), exception))
                return handler;
        }

        return null;
    }
}
