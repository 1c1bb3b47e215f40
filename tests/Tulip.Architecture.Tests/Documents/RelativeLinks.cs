using System.Text.RegularExpressions;

namespace Tulip.Architecture.Tests.Documents;

/// <summary>Links from a document to files of the repository and to its own headings.</summary>
internal static partial class RelativeLinks
{
    /// <param name="path">The document's path from the repository's root.</param>
    /// <param name="document">Its text.</param>
    /// <param name="exists">Whether there is such a file or folder, by its path from the root.</param>
    public static IEnumerable<string> Broken(string path, string document, Func<string, bool> exists)
    {
        var text = Fences().Replace(document, "");
        var anchors = Headings().Matches(text).Select(heading => Anchor(heading.Groups[1].Value)).ToHashSet();
        foreach (Match match in Links().Matches(text))
        {
            var target = match.Groups[1].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;

            var (file, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, null);
            if (file.Length == 0 && anchor is not null && !anchors.Contains(anchor))
                yield return $"{path} links to its heading #{anchor}, which is not there";
            if (file.Length > 0 && !exists(Path.Combine(Path.GetDirectoryName(path) ?? "", Uri.UnescapeDataString(file))))
                yield return $"{path} links to {file}, which is not there";
        }
    }

    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();
}
