using Spectre.Console;

namespace ChaosProxy;

/// <summary>What the program finds around it; the tests give their own.</summary>
/// <param name="Out">Where the log and the statistics go.</param>
/// <param name="Error">Where troubles go.</param>
/// <param name="IsTerminal">Whether a person watches <paramref name="Out"/> on a terminal that can redraw lines.</param>
internal sealed record Surroundings(TextWriter Out, TextWriter Error, bool IsTerminal)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The terminal that tables are drawn on.</summary>
    public IAnsiConsole CreateConsole() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Out),
        Ansi = IsTerminal ? AnsiSupport.Yes : AnsiSupport.No,
        Interactive = InteractionSupport.No,
    });

    public static Surroundings OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb");
}
