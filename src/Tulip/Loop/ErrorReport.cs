namespace Tulip;

/// <summary>Takes reports to a loop's exception handler or, where there is none, to the standard error stream.</summary>
internal static class ErrorReport
{
    /// <summary>Never throws: a handler that fails is reported too.</summary>
    public static void Deliver(EventLoop loop, Action<EventLoop, LoopErrorContext>? handler, LoopErrorContext context)
    {
        try
        {
            (handler ?? (static (loop, context) => loop.DefaultExceptionHandler(context)))(loop, context);
        }
        catch (Exception exception)
        {
            Write(new LoopErrorContext("Unhandled error in the exception handler, which was told: " + context.Message)
            {
                Exception = exception,
            });
        }
    }

    public static void Write(LoopErrorContext context)
    {
        try
        {
            Console.Error.WriteLine(context);
        }
        catch (Exception)
        {
            // A report that cannot be written, or an object whose ToString fails, must not end the program.
        }
    }
}
