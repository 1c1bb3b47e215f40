using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

/// <summary>A block that holds something: Python's <c>async with</c> of a lock, semaphore or condition.</summary>
internal static class HeldBlock
{
    public static async Coroutine<Return?> Run(Runtime run, Instance instance, JsonElement s, Coroutine<Releaser> acquire)
    {
        Return? signal;
        try
        {
            using (await acquire)
            {
                run.Emit(instance.Name, s, "enter");
                signal = await run.RunBlock(instance, s.Items("body"));
            }
        }
        catch (Exception exception)
        {
            run.Emit(instance.Name, s, "!" + Errors.Show(exception));
            throw;
        }

        run.Emit(instance.Name, s, "=null");
        return signal;
    }
}
