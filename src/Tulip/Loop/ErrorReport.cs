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

    /// <summary>A callback threw. An interrupt ends the run; anything else is reported, and the loop goes on.</summary>
    public static void OnCallbackError(EventLoop loop, object? callback, Exception exception)
    {
        if (exception is KeyboardInterruptException)
            loop.Abort(exception);
        else
            loop.CallExceptionHandler(new LoopErrorContext("Exception in callback") { Exception = exception, Callback = callback });
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
