namespace Tulip.Programs.Tests;

/// <summary>A program's run inside the test, on virtual time.</summary>
internal sealed record ProgramRun(int ExitCode, string[] Output, string[] Errors)
{
    public delegate int Program(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Func<EventLoop>? loopFactory);

    public static EventLoop VirtualLoop() => new(new VirtualClock());

    /// <summary>Runs a command line without quotes: its words are at the spaces.</summary>
    public static ProgramRun Of(Program program, string arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var exitCode = program(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, errors, VirtualLoop);
        return new ProgramRun(exitCode, Lines(output), Lines(errors));
    }

    private static string[] Lines(StringWriter writer) =>
        writer.ToString() is { Length: > 0 } text ? text.TrimEnd('\n').Split('\n') : [];
}
