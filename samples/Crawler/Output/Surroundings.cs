namespace Crawler;

/// <summary>What the program finds around it; the tests give their own.</summary>
/// <param name="Out">Where the report goes.</param>
/// <param name="Error">Where troubles and the progress go.</param>
/// <param name="IsTerminal">Whether a person watches <paramref name="Error"/> on a terminal that can redraw a line.</param>
internal sealed record Surroundings(TextWriter Out, TextWriter Error, bool IsTerminal)
{
    public static Surroundings OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb");
}
