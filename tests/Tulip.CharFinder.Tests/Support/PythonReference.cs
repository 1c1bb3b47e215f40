using System.Diagnostics;
using System.Text;
using CharFinder;

namespace Tulip.CharFinder.Tests;

/// <summary>A Python whose Unicode is ours or older: <c>TULIP_PYTHON</c> if that is set, else the newest of those installed.</summary>
internal sealed class PythonReference
{
    private static readonly Lazy<PythonReference?> s_found = new(Find);

    private readonly string _program;

    private PythonReference(string program, Version unicode)
    {
        _program = program;
        Unicode = unicode;
    }

    /// <summary>The version of its Unicode data.</summary>
    public Version Unicode { get; }

    public static PythonReference Get() => GetOrSkip(_ => true, $"needs a Python 3 with Unicode {UnicodeNames.Shared.Version} or older");

    public static PythonReference GetWithSameUnicode() =>
        GetOrSkip(python => python.Unicode == Ours, $"needs a Python 3 with Unicode {UnicodeNames.Shared.Version}, as 3.13");

    /// <summary>The lines after the first, which is the version.</summary>
    public string[] Run(params string[] arguments) => Start(_program, arguments) is { } output
        ? output.TrimEnd('\n').Split('\n')[1..]
        : throw new InvalidOperationException($"{_program} failed");

    private static Version Ours => Version.Parse(UnicodeNames.Shared.Version);

    private static PythonReference GetOrSkip(Func<PythonReference, bool> isGood, string reason)
    {
        var python = s_found.Value;
        Assert.SkipUnless(python is not null && isGood(python), reason);
        return python!;
    }

    private static PythonReference? Find() => Candidates()
        .Select(program => Start(program, ["version"]) is { } output && Version.TryParse(output.Trim(), out var version)
            ? new PythonReference(program, version) : null)
        .Where(python => python is not null && python.Unicode <= Ours)
        .MaxBy(python => python!.Unicode);

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("TULIP_PYTHON") is { Length: > 0 } chosen)
            return [chosen];

        var versions = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv", "versions");
        return ["python3.13", "python3", .. Directory.Exists(versions)
            ? Directory.GetDirectories(versions, "3.*").Select(folder => Path.Combine(folder, "bin", "python3"))
            : []];
    }

    private static string? Start(string program, string[] arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Python", "reference.py");
        var start = new ProcessStartInfo(program, ["-I", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            errors.GetAwaiter().GetResult();
            return process.ExitCode is 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
