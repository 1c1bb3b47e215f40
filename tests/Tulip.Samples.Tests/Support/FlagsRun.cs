using System.Text.RegularExpressions;
using Flags;

namespace Tulip.Samples.Tests;

/// <summary>A run of the Flags program inside the test: its output and its files, in a folder that is removed.</summary>
internal sealed partial class FlagsRun : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("flags-test-");

    public string Folder => Path.Combine(_parent.FullName, "downloads");

    /// <summary>Replaces the folder's files, to make saving fail.</summary>
    public Func<string, IFlagStore> OpenStore { get; init; } = folder => new FolderStore(folder);

    /// <summary>Whether a person watches the output.</summary>
    public bool IsTerminal { get; init; }

    public int ExitCode { get; private set; }

    /// <summary>The printed lines; elapsed times and ports read as <c>#</c>, since they differ from run to run.</summary>
    public string[] Output { get; private set; } = [];

    public string[] Errors { get; private set; } = [];

    public string[] Files => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
        : [];

    public static FlagsRun Of(string arguments)
    {
        var run = new FlagsRun();
        run.Start(arguments);
        return run;
    }

    /// <summary>A run of a command that chooses its folder itself.</summary>
    public static FlagsRun OfMeasurement(string arguments, bool isTerminal = false)
    {
        var run = new FlagsRun { IsTerminal = isTerminal };
        run.Start(arguments.Split(' '));
        return run;
    }

    public void Start(string arguments) =>
        Start([.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--dest", Folder]);

    public void Dispose() => _parent.Delete(recursive: true);

    private void Start(string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var surroundings = new Surroundings(output, errors, IsTerminal)
        {
            ServerDelay = TimeSpan.FromMilliseconds(20),
            OpenStore = OpenStore,
        };
        ExitCode = FlagsApp.Run(arguments, surroundings);
        Output = Lines(output);
        Errors = Lines(errors);
    }

    private static string[] Lines(StringWriter writer)
    {
        var text = Port().Replace(Seconds().Replace(writer.ToString(), "#s"), "localhost:#");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex(@"\d+\.\d\ds")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"localhost:\d+")]
    private static partial Regex Port();
}
