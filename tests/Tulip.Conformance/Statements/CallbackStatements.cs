// Callbacks of futures, callbacks of the loop, and their handles.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class CallbackStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Plain("add_done_callback", AddDoneCallback);
        vocabulary.Plain("remove_done_callback", (run, _, s) =>
            run.Variable(s.Text("var")) is { } future && run.Callbacks.TryGetValue((s.Text("var"), s.Text("label")), out var callback)
                ? future.RemoveDoneCallback(callback)
                : Raw.Unbound);
        vocabulary.Plain("call_soon", (run, _, s) =>
        {
            var handle = run.Loop.CallSoon(LoopCallback(run, s));
            run.HandleCancellers[s.Text("label")] = () => handle.Cancel();
            return null;
        });
        vocabulary.Plain("call_later", (run, _, s) =>
        {
            var handle = run.Loop.CallLater(s.Seconds("ms")!.Value, LoopCallback(run, s));
            run.HandleCancellers[s.Text("label")] = handle.Cancel;
            return null;
        });
        vocabulary.Plain("cancel_handle", (run, _, s) =>
        {
            if (!run.HandleCancellers.TryGetValue(s.Text("label"), out var cancel))
                return Raw.Unbound;
            cancel();
            return null;
        });
    }

    private static object? AddDoneCallback(Runtime run, string who, JsonElement s)
    {
        if (run.Variable(s.Text("var")) is not { } future)
            return Raw.Unbound;

        var label = $"cb:{s.Text("label")}";
        Action<Future> callback = done =>
        {
            run.Emit(label, $"done#{s.Number("id")} {Show.State(done)}");
            run.RunCallback(label, s.Items("do"));
        };
        run.Callbacks[(s.Text("var"), s.Text("label"))] = callback;
        future.AddDoneCallback(callback);
        return null;
    }

    private static Action LoopCallback(Runtime run, JsonElement s)
    {
        var label = $"cb:{s.Text("label")}";
        return () =>
        {
            run.Emit(label, $"fire#{s.Number("id")}");
            run.RunCallback(label, s.Items("do"));
        };
    }
}
