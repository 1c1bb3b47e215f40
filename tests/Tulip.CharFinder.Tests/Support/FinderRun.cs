using CharFinder;

namespace Tulip.CharFinder.Tests;

/// <summary>A run of the program inside the test, with an index of its own in a folder that is removed.</summary>
internal sealed class FinderRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public int ExitCode { get; private set; }

    public string[] Output { get; private set; } = [];

    public string[] Errors { get; private set; } = [];

    public string CacheFolder => Path.Combine(_folder.Path, "cache");

    /// <summary>A command line without quotes: its words are at the spaces.</summary>
    public static FinderRun Of(string arguments) => OfWords(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public static FinderRun OfWords(params string[] arguments)
    {
        var run = new FinderRun();
        run.Start(arguments);
        return run;
    }

    public void Start(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        ExitCode = CharFinderApp.Run(arguments, new Surroundings(output, errors, CacheFolder));
        Output = Lines(output);
        Errors = Lines(errors);
    }

    public void Dispose() => _folder.Dispose();

    private static string[] Lines(StringWriter writer) => writer.ToString().TrimEnd('\n').Split('\n') is [""] ? [] : writer.ToString().TrimEnd('\n').Split('\n');
}
