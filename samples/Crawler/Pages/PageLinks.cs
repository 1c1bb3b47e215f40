using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Crawler;

/// <summary>What a page says about itself and leads to.</summary>
/// <param name="Title">The text of its title, on one line.</param>
/// <param name="Links">Where its links lead, absolute and in normal form, each once, in the order in which they come.</param>
internal sealed record PageLinks(string Title, IReadOnlyList<Uri> Links)
{
    private const string Selector = "a[href], area[href], link[rel~=next][href], link[rel~=prev][href], frame[src], iframe[src]";

    /// <summary>Reads a page. Any thread; milliseconds for a large one.</summary>
    public static PageLinks Read(PageResponse page, Uri address)
    {
        var document = Parse(page);
        var title = OnOneLine(document.Title ?? "");
        if (ForbidsFollowing(document))
            return new PageLinks(title, []);

        var start = document.QuerySelector("base[href]")?.GetAttribute("href") is { } written
            && Uri.TryCreate(address, written, out var given) ? given : address;
        var links = new List<Uri>();
        var seen = new HashSet<Uri>();
        foreach (var element in document.QuerySelectorAll(Selector))
        {
            if (HasWord(element.GetAttribute("rel"), "nofollow"))
                continue;
            if (Addresses.Resolve(start, element.GetAttribute("href") ?? element.GetAttribute("src")) is { } link && seen.Add(link))
                links.Add(link);
        }

        return new PageLinks(title, links);
    }

    // It is shown on a terminal, which a page is not to command.
    private static string OnOneLine(string text)
        => string.Join(' ', string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static IHtmlDocument Parse(PageResponse page)
    {
        var parser = new HtmlParser();
        if (EncodingNamed(page.Charset) is { } encoding)
            return parser.ParseDocument(encoding.GetString(page.Body));

        // The parser looks for a mark or a meta element.
        using var body = new MemoryStream(page.Body);
        return parser.ParseDocument(body);
    }

    private static Encoding? EncodingNamed(string? name)
    {
        try
        {
            return string.IsNullOrEmpty(name) ? null
                : CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            // There is none of that name, or, as with UTF-7, none any more.
            return null;
        }
    }

    private static bool ForbidsFollowing(IHtmlDocument document) =>
        document.QuerySelectorAll("meta[name=robots i]").Any(meta =>
            HasWord(meta.GetAttribute("content"), "nofollow") || HasWord(meta.GetAttribute("content"), "none"));

    private static bool HasWord(string? list, string word) =>
        list is not null && list.Split([' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Contains(word, StringComparer.OrdinalIgnoreCase);
}
