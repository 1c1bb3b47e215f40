namespace Tulip.Tests;

internal static class Expect
{
    /// <summary>Calls what must throw at the call already, though it would return a task.</summary>
    public static TException AtTheCall<TException>(Action call)
        where TException : Exception
        => Assert.Throws<TException>(call);

    /// <summary>Awaits the body, which must throw exactly this exception.</summary>
    public static async Coroutine<TException> Throws<TException>(Func<Coroutine> body)
        where TException : Exception
    {
        Exception? thrown = null;
        try
        {
            await body();
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        return Assert.IsType<TException>(thrown);
    }

    /// <summary>Throws; a lambda that calls this, unlike one that only throws, is an Action and nothing else.</summary>
    public static void Raise(Exception exception) => throw exception;

    /// <summary>Awaits the body, which must be cancelled.</summary>
    public static Coroutine<CancelledException> Cancelled(Func<Coroutine> body) => Throws<CancelledException>(body);
}
