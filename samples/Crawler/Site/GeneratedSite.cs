// GeneratedSite: pages that are all there to be found, and around them what crawlers get lost in.
// Thread: any.
//   1. Page n links to 3n-1, 3n and 3n+1, so that every page can be reached; the other links are chosen by the seed.
//   2. A page is the same whenever it is asked for, but for those that fail at first.
using System.Globalization;
using System.Text;

namespace Crawler;

/// <summary>A site of any size with traps: calendars without end, sessions, circles, pages that hang, fail or are forbidden.</summary>
/// <param name="pages">How many pages there are to be found.</param>
/// <param name="seed">Chooses the links.</param>
/// <param name="delay">How long each page takes, in seconds.</param>
internal sealed class GeneratedSite(int pages, int seed, double delay)
{
    private const int LongPage = 80_000;

    private static readonly string[] s_traps =
    [
        "/private/1", "/calendar/2026/1", "/shop?sid=1", "/deep/", "/loop/a", "/chain/1", "/endless", "/slow", "/broken", "/missing",
        "/image.gif", "/nofollow/1", "http://elsewhere.invalid/", "mailto:gardener@example.org", "javascript:void(0)", "http://[", "",
    ];

    private readonly GeneratedTraps _traps = new(delay);

    public int Pages => pages;

    public SiteVisits Visits { get; } = new();

    /// <summary>The path of a page that is there to be found, from 1.</summary>
    public static string PathOf(int number) => number == 1 ? "/" : $"/page/{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>What the site answers; the visit ends when <see cref="SiteVisits.End"/> says so.</summary>
    public SiteAnswer Answer(string host, string path)
    {
        var before = Visits.Begin(path);
        if (path == "/robots.txt")
            return Text("User-agent: *\nDisallow: /private/\nAllow: /\n");
        return NumberOf(path) is { } number && number <= pages ? Page(host, number, before) : _traps.Answer(path);
    }

    private static int? NumberOf(string path) =>
        path == "/" ? 1
        : path.StartsWith("/page/", StringComparison.Ordinal)
            && int.TryParse(path.AsSpan("/page/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 1 ? number
        : null;

    private static SiteAnswer Text(string text) => new(200, "text/plain", Encoding.UTF8.GetBytes(text));

    private SiteAnswer Page(string host, int number, int before)
    {
        // Some pages cannot be had at once; a few of these say when.
        if (number % 31 == 0 && before == 0)
            return new SiteAnswer(503, "text/html", "<a href='/private/busy'>busy</a>"u8.ToArray()) { RetryAfter = number % 10 == 0 ? 1 : null, Delay = delay };

        var (charset, encoding) = (number % 17, number % 19) switch
        {
            (0, _) => ("; charset=koi8-r", CodePagesEncodingProvider.Instance.GetEncoding("koi8-r")!),
            (_, 0) => ("", Encoding.Unicode),
            _ => ("; charset=utf-8", new UTF8Encoding(false)),
        };
        byte[] body = [.. encoding.GetPreamble(), .. encoding.GetBytes(Html(host, number))];
        return new SiteAnswer(200, $"text/html{charset}", body) { Delay = delay };
    }

    private string Html(string host, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html><title>Page {number}: страница</title>\n<h1>Page {number}</h1><p>A paragraph that nobody closes");
        for (var child = 3 * number - 1; child <= 3 * number + 1 && child <= pages; child++)
            html.Append(CultureInfo.InvariantCulture, $"<li><a href=\"{Spelling(host, child, random)}\">{child}</a>\n");
        for (var other = 0; other < 5; other++)
            html.Append(CultureInfo.InvariantCulture, $"<a class=other href='{Spelling(host, random.Next(1, pages + 1), random)}'>more</a>\n");
        html.Append(CultureInfo.InvariantCulture, $"<a href=\"{s_traps[number % s_traps.Length]}\"{(number % s_traps.Length == 11 ? " rel='external nofollow'" : "")}>?</a>");
        if (number % 23 == 0)
            html.Append('.', LongPage);
        return html.ToString();
    }

    // One page, many ways to write where it is.
    private static string Spelling(string host, int number, Random random)
    {
        var path = PathOf(number);
        return random.Next(6) switch
        {
            0 => $"//{host.ToUpperInvariant()}{path}",
            1 => $"/somewhere/..{path}",
            2 => $"{path}#part-{random.Next(10)}",
            3 => $"  http://{host}/.{path}\n",
            _ => path,
        };
    }
}
