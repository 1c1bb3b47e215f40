using Tulip;

namespace Spinners;

/// <summary>The program behind its command line.</summary>
internal static class SpinnerApp
{
    private const string Usage = """
        usage: Spinner {thread,process,asyncio,experiment,prime,prime-process}

        A spinner turns while a slow function runs, for three seconds:
          thread         the spinner is a thread, stopped by an event
          process        the spinner is another process
          asyncio        the spinner is a task on the same thread, stopped by cancelling it
          experiment     the slow function blocks the loop: the spinner never shows
          prime          the slow function calculates, and naps to let the spinner turn
          prime-process  the slow function calculates in another process, and never naps

        example: dotnet run --project samples/Spinner -- asyncio
        """;

    public static int Run(string[] arguments, TextWriter output, TextWriter error, Pace pace)
    {
        try
        {
            switch (arguments)
            {
                case ["thread"]:
                    return Answer(ThreadSpinner.Supervise(output, pace), output);
                case ["process"]:
                    return Answer(ProcessSpinner.Supervise(output, pace), output);
                case ["asyncio"]:
                    return Answer(AsyncioSpinner.Supervise(output, pace), output);
                case ["experiment"]:
                    return Answer(BlockingExperiment.Supervise(output, pace), output);
                case ["prime"]:
                    PrimeSpinner.Supervise(output, pace);
                    return 0;
                case ["prime-process"]:
                    PrimeProcess.Supervise(output, pace);
                    return 0;
                case [ProcessSpinner.ChildArgument]:
                    return ProcessSpinner.RunChild(output, Console.In, pace);
                case ["-h" or "--help"]:
                    output.WriteLine(Usage);
                    return 0;
                default:
                    error.WriteLine($"*** Usage error: {Problem(arguments)}");
                    error.WriteLine(Usage);
                    return 1;
            }
        }
        catch (KeyboardInterruptException)
        {
            return 130;
        }
    }

    private static int Answer(int result, TextWriter output)
    {
        output.WriteLine($"Answer: {result}");
        return 0;
    }

    private static string Problem(string[] arguments) => arguments switch
    {
        [] => "which spinner?",
        [var name] => $"there is no spinner '{name}'",
        _ => "one spinner at a time",
    };
}
