namespace Tulip;

/// <summary>Where reports go when no exception handler is set: the standard error stream.</summary>
internal static class ErrorReport
{
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
