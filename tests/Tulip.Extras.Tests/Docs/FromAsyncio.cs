using System.Text.RegularExpressions;

namespace Tulip.Extras.Tests.Docs;

/// <summary>A row of docs/from-asyncio.md.</summary>
/// <param name="Line">Its line in the file.</param>
/// <param name="Source">asyncio's names, as written.</param>
/// <param name="Tulip">The second column, as written.</param>
/// <param name="State">here, later or not.</param>
/// <param name="Notes">The last column.</param>
internal sealed record Row(int Line, string Source, string Tulip, string State, string Notes)
{
    /// <summary>What stands between backticks in the second column.</summary>
    public IEnumerable<string> Names => Regex.Matches(Tulip, "`([^`]+)`").Select(static match => match.Groups[1].Value);

    /// <summary>What stands in the second column outside of them.</summary>
    public string Rest => Regex.Replace(Tulip, "`[^`]+`|[, ]", "");

    /// <summary>The words between backticks in the first column.</summary>
    public HashSet<string> SourceWords
        => [.. Regex.Matches(Source, "`([^`]+)`").SelectMany(static match => Regex.Matches(match.Groups[1].Value, @"\w+")).Select(static word => word.Value)];
}

internal static class FromAsyncio
{
    /// <summary>The documents, beside the tests' program.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "docs");

    public static IReadOnlyList<Row> Rows { get; } = [.. Read()];

    private static IEnumerable<Row> Read()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "from-asyncio.md"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith('|') || lines[i].StartsWith("|---") || lines[i].Contains("| Tulip | state |"))
                continue;

            var cells = lines[i].Split('|').Select(static cell => cell.Trim()).ToArray();
            Assert.True(cells.Length == 6, $"Line {i + 1} does not have four columns: {lines[i]}");
            yield return new Row(i + 1, cells[1], cells[2], cells[3], cells[4]);
        }
    }
}
