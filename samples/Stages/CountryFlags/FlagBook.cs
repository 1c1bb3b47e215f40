namespace Stages;

/// <summary>Where the flags go, and the counts; prints a line for each that is settled.</summary>
internal sealed class FlagBook(TextWriter output)
{
    private int _notFound;
    private int _errors;

    /// <summary>The files that were saved, by name.</summary>
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public void Saved(string code, string country, byte[] image)
    {
        Files.Add($"{country.Replace(' ', '_')}-{code}.gif", image);
        output.WriteLine($"{code} OK");
    }

    public void Failed(string code, SiteException failure)
    {
        if (failure.IsNotFound)
        {
            _notFound++;
            output.WriteLine($"{code} not found");
        }
        else
        {
            _errors++;
            output.WriteLine($"*** Error for {code}: {failure.Message}");
        }
    }

    public void WriteCounts()
    {
        output.WriteLine(new string('-', 20));
        output.WriteLine($"{Count(Files.Count, "flag")} downloaded.");
        if (_notFound > 0)
            output.WriteLine($"{_notFound} not found.");
        if (_errors > 0)
            output.WriteLine($"{Count(_errors, "error")}.");
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
