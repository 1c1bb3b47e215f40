namespace Flags;

/// <summary>What the program finds around it; the tests give their own.</summary>
/// <param name="Out">Where results go.</param>
/// <param name="Error">Where troubles go.</param>
/// <param name="IsTerminal">Whether a person watches <paramref name="Out"/> on a terminal that can redraw a line.</param>
internal sealed record Surroundings(TextWriter Out, TextWriter Error, bool IsTerminal)
{
    private const int UsualWidth = 80;

    /// <summary>The terminal's width in columns, asked at every drawing because it may change.</summary>
    public Func<int> Width { get; init; } = () => UsualWidth;

    /// <summary>How late the built-in servers' late answers are.</summary>
    public TimeSpan ServerDelay { get; init; } = Behaviour.DefaultDelay;

    /// <summary>Opens the folder that flags are saved in.</summary>
    public Func<string, IFlagStore> OpenStore { get; init; } = folder => new FolderStore(folder);

    public static Surroundings OfProcess()
    {
        var isDumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new Surroundings(Console.Out, Console.Error, !Console.IsOutputRedirected && !isDumb)
        {
            Width = () => Console.WindowWidth is > 0 and var width ? width : UsualWidth,
        };
    }
}
