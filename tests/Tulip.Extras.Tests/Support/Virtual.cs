namespace Tulip.Extras.Tests.Support;

/// <summary>Runs a test's coroutine in virtual time.</summary>
/// <remarks>What the loop's exception handler is told is the test's business: what a test does not take out of
/// <see cref="Reports"/> fails it.</remarks>
internal sealed class Virtual
{
    /// <summary>What the exception handler was told, in order.</summary>
    public List<LoopErrorContext> Reports { get; } = [];

    public static void Run(Func<Virtual, Coroutine> body)
    {
        var surroundings = new Virtual();
        Aio.Run(body(surroundings), surroundings.NewLoop);
        Assert.Empty(surroundings.Reports);
    }

    public static void Run(Func<Coroutine> body) => Run(_ => body());

    /// <summary>For a test that leaves failures behind that nobody looks at.</summary>
    public static void RunCarelessly(Func<Coroutine> body) => Aio.Run(body(), new Virtual().NewLoop);

    /// <summary>The only report there was, which is taken out.</summary>
    public LoopErrorContext TakeReport()
    {
        var report = Assert.Single(Reports);
        Reports.Clear();
        return report;
    }

    // In debug mode a busy machine must not fail a test: how long a step takes is nobody's business here.
    private EventLoop NewLoop() => new(new VirtualClock())
    {
        ExceptionHandler = (_, context) => Reports.Add(context),
        SlowCallbackDuration = double.PositiveInfinity,
    };
}

/// <summary>Exceptions that coroutines end with.</summary>
internal static class Outcome
{
    /// <summary>The exception of the type that awaiting the coroutine throws.</summary>
    public static async Coroutine<TException> Throws<TException>(Coroutine coroutine)
        where TException : Exception
    {
        try
        {
            await coroutine;
        }
        catch (TException exception)
        {
            return exception;
        }

        Assert.Fail($"{typeof(TException).Name} was expected.");
        throw new System.Diagnostics.UnreachableException();
    }

    public static Coroutine<TException> Throws<TException, T>(Coroutine<T> coroutine)
        where TException : Exception
    {
        return Throws<TException>(Drop(coroutine));

        static async Coroutine Drop(Coroutine<T> coroutine) => await coroutine;
    }
}
