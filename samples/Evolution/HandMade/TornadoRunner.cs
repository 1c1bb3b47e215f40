namespace Evolution;

/// <summary>
/// Drives a generator in the style of Tornado: calling it gives a future at once, what it yields are futures, and it returns
/// its value by throwing it.
/// </summary>
internal static class TornadoRunner
{
    /// <summary>What Tornado's decorator <c>@gen.coroutine</c> makes of a generator.</summary>
    public static HandFuture Start(IEnumerable<HandFuture> generator)
    {
        var result = new HandFuture();
        Step(generator.GetEnumerator(), result);
        return result;
    }

    private static void Step(IEnumerator<HandFuture> generator, HandFuture result)
    {
        try
        {
            if (generator.MoveNext())
            {
                generator.Current.AddDoneCallback(_ => Step(generator, result));
                return;
            }
        }
        catch (ReturnException returned)
        {
            // What throws has ended: its own clean-up is done.
            result.SetResult(returned.Value);
            return;
        }

        generator.Dispose();
        result.SetResult(null);
    }
}
