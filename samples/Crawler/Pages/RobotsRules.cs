using System.Globalization;
using System.Text;

namespace Crawler;

/// <summary>What a site's robots.txt allows one crawler (RFC 9309).</summary>
internal sealed class RobotsRules
{
    private readonly List<(string Pattern, bool Allows)> _rules = [];

    private RobotsRules()
    {
    }

    /// <summary>Everything is allowed: the site has no robots.txt.</summary>
    public static RobotsRules Open { get; } = new();

    /// <summary>Nothing is allowed: the site's rules could not be had.</summary>
    public static RobotsRules Closed { get; } = new() { _rules = { ("/", false) } };

    /// <summary>The pause between two requests that the site asks for; not in the RFC, but widely written.</summary>
    public TimeSpan CrawlDelay { get; private set; }

    /// <summary>Reads a robots.txt; lines that make no sense are skipped.</summary>
    /// <param name="text">The file.</param>
    /// <param name="crawler">The crawler's name, without version.</param>
    public static RobotsRules Parse(string text, string crawler)
    {
        // The groups that name the crawler count together; without any, those for everybody do.
        var named = new RobotsRules();
        var general = new RobotsRules();
        var isNamed = false;
        List<RobotsRules> current = [];
        var inAgents = false;
        foreach (var (field, value) in Lines(text))
        {
            if (field == "user-agent")
            {
                if (!inAgents)
                    current.Clear();
                inAgents = true;
                if (value == "*")
                    current.Add(general);
                else if (value.Equals(crawler, StringComparison.OrdinalIgnoreCase))
                    (isNamed, current) = (true, [.. current, named]);
                continue;
            }

            if (field is not ("allow" or "disallow" or "crawl-delay"))
                continue; // a sitemap line and the like do not end a list of crawlers
            inAgents = false;
            foreach (var rules in current)
                rules.Add(field, value);
        }

        return isNamed ? named : general;
    }

    /// <summary>Whether the crawler may ask for a page: the longest pattern that fits decides, at a tie what allows.</summary>
    public bool Allows(Uri address)
    {
        var path = Escape(address.PathAndQuery);
        var (longest, allowed) = (-1, true);
        foreach (var (pattern, allows) in _rules)
        {
            if ((pattern.Length > longest || (pattern.Length == longest && allows)) && Fits(pattern, path))
                (longest, allowed) = (pattern.Length, allows);
        }

        return allowed;
    }

    private static IEnumerable<(string Field, string Value)> Lines(string text)
    {
        foreach (var line in text.TrimStart('\uFEFF').Split('\n', '\r'))
        {
            var content = line.Split('#')[0];
            var colon = content.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                yield return (content[..colon].Trim().ToLowerInvariant(), content[(colon + 1)..].Trim());
        }
    }

    private void Add(string field, string value)
    {
        if (field == "crawl-delay")
        {
            if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 86_400)
                CrawlDelay = TimeSpan.FromSeconds(seconds);
        }
        else if (value.Length > 0)
        {
            _rules.Add((Escape(value), field == "allow")); // an empty disallow forbids nothing
        }
    }

    // Patterns and paths in one form: what need not be escaped is not, the rest is, with capital letters (RFC 9309, 2.2.2).
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        var octets = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < octets.Length; i++)
        {
            var octet = octets[i];
            var isWritten = octet == '%' && i + 2 < octets.Length && byte.TryParse(octets.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out octet);
            if (isWritten)
                i += 2;
            else
                octet = octets[i];
            var isPlain = char.IsAsciiLetterOrDigit((char)octet) || "-._~".Contains((char)octet, StringComparison.Ordinal)
                || (!isWritten && octet is > 0x20 and < 0x7F && !"%\"<>\\^`{|}".Contains((char)octet, StringComparison.Ordinal));
            _ = isPlain ? escaped.Append((char)octet) : escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return escaped.ToString();
    }

    /// <summary>A prefix in which <c>*</c> stands for anything and <c>$</c> at the end for the end; linear in memory, no regular expression
    /// that a site could make explode.</summary>
    private static bool Fits(string pattern, string path)
    {
        var toEnd = pattern.EndsWith('$');
        var parts = (toEnd ? pattern[..^1] : pattern).Split('*');
        if (!path.StartsWith(parts[0], StringComparison.Ordinal))
            return false;

        var at = parts[0].Length;
        for (var i = 1; i < parts.Length; i++)
        {
            if (toEnd && i == parts.Length - 1)
                return path.Length - at >= parts[i].Length && path.EndsWith(parts[i], StringComparison.Ordinal);

            var found = path.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + parts[i].Length;
        }

        return !toEnd || at == path.Length;
    }
}
