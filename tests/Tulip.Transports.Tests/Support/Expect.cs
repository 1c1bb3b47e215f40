namespace Tulip.Transports.Tests.Support;

internal static class Expect
{
    /// <summary>The exception that a coroutine ends with.</summary>
    public static async Coroutine<T> Failure<T>(Func<Coroutine> body)
        where T : Exception
    {
        Exception? failure = null;
        try
        {
            await body();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        return Assert.IsType<T>(failure);
    }
}
