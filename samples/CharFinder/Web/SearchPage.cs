// SearchPage: the page as it is without its script: the texts' page, with pages of results.
// Thread: any. The script (Assets/finder.js) takes the same elements over, by their ids.
using System.Text;

namespace CharFinder;

/// <summary>The HTML of the page that searches.</summary>
internal static class SearchPage
{
    /// <summary>Results that are shown at a time.</summary>
    public const int PageSize = 200;

    /// <summary>What stands in place of a status when nothing was asked for.</summary>
    public const string Invitation = "Enter words describing characters.";

    private static readonly string[] s_examples =
    [
        "bismillah", "black", "Braille", "cat", "chess", "circled", "digit", "dot", "Ethiopic", "face", "hexagram", "Malayalam",
        "mark", "operator", "Roman", "symbol",
    ];

    /// <summary>The page.</summary>
    /// <param name="result">What was found; null if nothing was asked for.</param>
    /// <param name="start">The first result to show.</param>
    public static string Render(SearchResult? result, int start)
    {
        var page = new StringBuilder(1 << 16);
        var query = Html.Text(result?.Query ?? "");
        page.Append($"""
            {Frame.Head("Charfinder", "finder.js")}
            <a class="skip" href="#query">Skip to the search box</a>
            <header>
            <h1><a href="/">Charfinder</a></h1>
            <nav aria-label="Pages"><a href="/live">Live searches</a></nav>
            </header>
            <main>
            <p class="examples">Examples: {string.Join(", ", s_examples.Select(ExampleLink))}</p>
            <form id="form" action="/" method="get" role="search">
            <label for="query" class="hidden">Words of the characters’ names</label>
            <input type="search" id="query" name="query" value="{query}" maxlength="{SearchRequest.LongestQuery}" placeholder="words, as: chess black" autocomplete="off" autocapitalize="off" spellcheck="false" autofocus>
            <input type="submit" value="find">
            </form>
            <p id="message" role="status">{Html.Text(result is null ? Invitation : ResultText.Status(result))}</p>
            <div id="progress" class="progress" hidden><progress id="bar" max="1" value="0" aria-label="Results that have come"></progress> <span id="share"></span> <button type="button" id="all">Fetch all</button></div>
            <p id="trouble" class="trouble" role="status"></p>

            """);
        AppendResults(page, result, start);
        page.Append($"""
            <div id="more" class="more" hidden><button type="button" id="next">Show {PageSize} more</button></div>
            </main>
            <footer><p>Names of Unicode {UnicodeNames.Shared.Version}. A click on a character or an escape copies it. <kbd>/</kbd> goes to the search box, <kbd>↑</kbd> <kbd>↓</kbd> go from row to row. As data: <a href="/search?q=chess+black">/search?q=chess+black</a></p></footer>
            <div id="copied" class="copied" role="status"></div>
            {Frame.Tail}
            """);
        return page.ToString();
    }

    /// <summary>A result's row; its first cells are the texts'.</summary>
    public static string Row(FoundChar found) => $"<tr><td>{found.CodeText}</td><th>{Html.Text(found.Text)}</th><td>{Html.Text(found.Name)}</td>"
        + $"<td>{Html.Text(UnicodeBlocks.Shared.NameOf(found.Code))}</td><td><code>{Html.Text(Escapes.Html(found.Code))}</code> "
        + $"<code>{Escapes.CSharp(found.Code)}</code></td></tr>\n";

    /// <summary>The address of the page that shows more of a search: its results from one on.</summary>
    public static string Address(string query, int start) => $"/?query={Uri.EscapeDataString(query)}" + (start is 0 ? "" : $"&start={start}") + "&again";

    private static void AppendResults(StringBuilder page, SearchResult? result, int start)
    {
        page.Append("<table id=\"results\"><caption class=\"hidden\">Characters found</caption>\n<thead><tr><th scope=\"col\">Code</th>"
            + "<th scope=\"col\">Character</th><th scope=\"col\">Name</th><th scope=\"col\">Block</th><th scope=\"col\">Escapes</th></tr></thead>\n<tbody>\n");
        var stop = start;
        if (result is not null)
        {
            stop = (int)Math.Min((long)start + PageSize, int.MaxValue);
            foreach (var found in result.Page(start, stop))
                page.Append(Row(found));
        }

        page.Append("</tbody></table>\n");

        // For those whose browser runs no script.
        if (result is not null && (start > 0 || stop < result.Count))
            AppendLinks(page, result, start, stop);
    }

    private static void AppendLinks(StringBuilder page, SearchResult result, int start, int stop)
    {
        page.Append("<nav id=\"pages\" class=\"pages\" aria-label=\"Pages of results\">");
        if (start > 0)
            page.Append($"<a rel=\"prev\" href=\"{Html.Text(Address(result.Query, Math.Max(start - PageSize, 0)))}\">Previous</a> ");
        page.Append($"{Math.Min(start + 1, result.Count)} to {Math.Min(stop, result.Count)} of {result.Count} ");
        if (stop < result.Count)
            page.Append($"<a rel=\"next\" href=\"{Html.Text(Address(result.Query, stop))}\">Next</a>");
        page.Append("</nav>\n");
    }

    private static string ExampleLink(string word) => $"<a href=\"/?query={word}\" title=\"find &quot;{word}&quot;\">{word}</a>";
}
