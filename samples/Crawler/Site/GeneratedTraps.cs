using System.Globalization;
using System.Text;

namespace Crawler;

/// <summary>The parts of the generated site that have no end, or no use. Any thread.</summary>
internal sealed class GeneratedTraps(double delay)
{
    private const double Hour = 3_600;

    public SiteAnswer Answer(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (parts.FirstOrDefault() ?? "").Split('?')[0] switch
        {
            "private" => Html($"<a href='/private/{Next(parts)}'>deeper</a>"),
            "nofollow" => Html($"<meta name=ROBOTS content='noarchive, nofollow'><a href='/nofollow/{Next(parts)}'>deeper</a>"),
            "calendar" => Calendar(parts),
            "shop" => Html(string.Concat(Enumerable.Range(0, 3).Select(_ => $"<a href='/shop?sid={Guid.NewGuid():N}'>shop</a>"))),
            "deep" => Html($"<title>{path}</title><a href='deep/'>deeper</a>"),
            "loop" => Redirect(parts[^1] == "a" ? "/loop/b" : "/loop/a"),
            "chain" => Redirect($"/chain/{Next(parts)}"),
            "endless" => Html($"<p>{new string('.', 4_096)}") with { IsEndless = true },
            "slow" => Html("<p>at last") with { Delay = Hour },
            "broken" => Html("<p>broken") with { Status = 500 },
            "image.gif" => new SiteAnswer(200, "image/gif", "GIF89a <a href='/private/image'>"u8.ToArray()) { Delay = delay },
            _ => Html("<a href='/private/missing'>not here</a>") with { Status = 404 },
        };
    }

    private static int Next(string[] parts) =>
        int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number + 1 : 1;

    private SiteAnswer Calendar(string[] parts)
    {
        var month = parts is [_, var year, var number]
            && int.TryParse(year, CultureInfo.InvariantCulture, out var y) && int.TryParse(number, CultureInfo.InvariantCulture, out var m)
            ? (y * 12) + m : 0;
        return Html($"<title>{parts[^1]}</title><a href='{Path(month - 1)}'>before</a> <a href='{Path(month + 1)}'>next</a>");

        static string Path(int month) => string.Create(CultureInfo.InvariantCulture, $"/calendar/{(month - 1) / 12}/{((month - 1) % 12) + 1}");
    }

    private SiteAnswer Html(string body) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(body)) { Delay = delay };

    private SiteAnswer Redirect(string path) => new(302, "text/html", []) { Location = path, Delay = delay };
}
