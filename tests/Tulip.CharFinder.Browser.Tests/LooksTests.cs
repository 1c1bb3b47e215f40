using System.Text.Json;
using Microsoft.Playwright;
using Tulip.CharFinder.Tests;
using static Microsoft.Playwright.Assertions;

namespace Tulip.CharFinder.Browser.Tests;

/// <summary>The pages on screens large and small, light and dark. With <c>TULIP_SCREENSHOTS</c> set to a folder, pictures of them are left there.</summary>
public sealed class LooksTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly RunningFinder _server = RunningFinder.Start();

    public static MatrixTheoryData<string, ColorScheme, int> Screens => new(
        ["/", "/?query=chess+black", "/?query=combining", "/live"], [ColorScheme.Light, ColorScheme.Dark], [1280, 390]);

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Page_FitsItsScreen_AndKeepsNobodyOut(string path, ColorScheme colors, int width)
    {
        using (var client = new HttpClient { BaseAddress = _server.Address })
        {
            foreach (var query in (string[])["chess black", "spider web", "it's nothing"])
                await client.GetStringAsync($"/?query={query}", TestContext.Current.CancellationToken);
        }

        var page = await browser.Open(_server.Address, path, width, 844, colors);
        if (path.StartsWith("/?", StringComparison.Ordinal))
            await Expect(page.Locator("#share")).Not.ToBeEmptyAsync();
        if (path is "/live")
            await Expect(page.Locator("#searches li")).ToHaveCountAsync(3);
        await TakePicture(page, path, colors, width);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "It has to be scrolled sideways.");

        var script = Axe.GetOrSkip();
        await page.EvaluateAsync(script);
        var found = await page.EvaluateAsync<JsonElement>("axe.run().then(({ violations }) => violations.map(one => ({ impact: one.impact, id: one.id, nodes: one.nodes.slice(0, 3).map(node => node.html) })))");
        Assert.Empty(found.EnumerateArray().Where(one => one.GetProperty("impact").GetString() is "serious" or "critical").Select(one => one.GetRawText()));
    }

    private static async Task TakePicture(IPage page, string path, ColorScheme colors, int width)
    {
        if (Environment.GetEnvironmentVariable("TULIP_SCREENSHOTS") is not { Length: > 0 } folder)
            return;

        var name = string.Concat(path.Select(letter => char.IsLetter(letter) ? letter : '-')).Trim('-');
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{(name is "" ? "start" : name)}-{colors}-{width}.png".ToLowerInvariant()) });
    }
}
