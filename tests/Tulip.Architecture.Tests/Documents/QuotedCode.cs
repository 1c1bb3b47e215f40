// QuotedCode: code in documents that says where it is from.
//   1. A fence right after <!-- code: path --> has to be in that file, line by line, but for the indentation of the whole.
//   2. What was quoted and has changed since is shown with its place, so that somebody brings the document up to date.
namespace Tulip.Architecture.Tests.Documents;

/// <summary>Compares a document's quotations with their sources.</summary>
internal static class QuotedCode
{
    private const string Marker = "<!-- code: ";

    /// <summary>How many pieces the document quotes.</summary>
    public static int Count(string document) => Lines(document).Count(line => line.StartsWith(Marker, StringComparison.Ordinal));

    /// <param name="name">What the document is called.</param>
    /// <param name="document">Its text.</param>
    /// <param name="read">The text of a file by its path from the repository's root; null if there is none.</param>
    public static IEnumerable<string> Violations(string name, string document, Func<string, string?> read)
    {
        var lines = Lines(document);
        for (var number = 0; number < lines.Length; number++)
        {
            if (!lines[number].StartsWith(Marker, StringComparison.Ordinal))
                continue;

            var path = lines[number][Marker.Length..].Replace("-->", "", StringComparison.Ordinal).Trim();
            if (lines.ElementAtOrDefault(number + 1)?.StartsWith("```", StringComparison.Ordinal) != true)
                yield return $"{name}:{number + 1} says that code of {path} follows, and none does";
            else if (read(path) is not { } source)
                yield return $"{name}:{number + 1} quotes {path}, which is not there";
            else if (!Contains(Lines(source), [.. lines.Skip(number + 2).TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))]))
                yield return $"{name}:{number + 1} quotes {path}, which reads differently now";
        }
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');

    private static bool Contains(string[] source, string[] quoted)
    {
        for (var start = 0; quoted.Length > 0 && start + quoted.Length <= source.Length; start++)
        {
            var indentation = source[start].Length - source[start].TrimStart().Length;
            var prefix = new string(' ', indentation);
            if (quoted.Index().All(line => source[start + line.Index] == (line.Item.Length == 0 ? "" : prefix + line.Item)))
                return true;
        }

        return false;
    }
}
