using Microsoft.Playwright;
using Tulip.CharFinder.Tests;
using static Microsoft.Playwright.Assertions;

namespace Tulip.CharFinder.Browser.Tests;

public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly RunningFinder _server = RunningFinder.Start();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Typing_FindsAsItIsTyped()
    {
        var page = await Open();
        await Expect(page.Locator("#message")).ToHaveTextAsync("Enter words describing characters.");
        await page.Locator("#query").PressSequentiallyAsync("chess bla");
        await Expect(page.Locator("#message")).ToHaveTextAsync("No match for 'chess bla'");
        await page.Locator("#query").PressSequentiallyAsync("ck");
        await Expect(page.Locator("#message")).ToHaveTextAsync("33 matches for 'chess black'");
        await Expect(Rows(page)).ToHaveCountAsync(33);
        await Expect(Rows(page).First).ToContainTextAsync("BLACK CHESS KING");
        await Expect(page.Locator("#share")).ToHaveTextAsync("all 33");
        await Expect(page.Locator("#more")).ToBeHiddenAsync();
        Assert.Equal("?query=chess%20black", await page.EvaluateAsync<string>("location.search"));
    }

    [Fact]
    public async Task ExampleAndBack_AreSearchesToo()
    {
        var page = await Open("/?query=sun");
        await Expect(page.Locator("#message")).ToHaveTextAsync("17 matches for 'sun'");
        await page.GetByRole(AriaRole.Link, new() { Name = "Braille", Exact = true }).ClickAsync();
        await Expect(page.Locator("#message")).ToContainTextAsync("for 'Braille'");
        await page.GoBackAsync();
        await Expect(page.Locator("#message")).ToHaveTextAsync("17 matches for 'sun'");
        await Expect(page.Locator("#query")).ToHaveValueAsync("sun");
        await Expect(Rows(page)).ToHaveCountAsync(17);
    }

    [Fact]
    public async Task Click_CopiesWhatIsClicked()
    {
        var page = await Open("/?query=spider+web");
        var buttons = Rows(page).First.Locator("button.copy");
        await NoteAnnouncements(page);
        string[] texts = ["U+1F578", "🕸", "&#x1F578;", "\\U0001F578"];
        for (var i = 0; i < texts.Length; i++)
        {
            await buttons.Nth(i).ClickAsync();
            await Announced(page, $"Copied {texts[i]}");
            Assert.Equal(texts[i], await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        }
    }

    [Fact]
    public async Task Keyboard_ReachesAllOfIt()
    {
        var page = await Open("/?query=sun");
        await Expect(Rows(page)).ToHaveCountAsync(17);
        await NoteAnnouncements(page);
        await Rows(page).First.Locator("th button").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowUp");
        var second = await Rows(page).Nth(1).Locator("th button").GetAttributeAsync("data-copy");
        Assert.Equal(second, await page.EvaluateAsync<string>("document.activeElement.dataset.copy"));
        await page.Keyboard.PressAsync("Enter");
        await Announced(page, $"Copied {second}");
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#query")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("registered");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#message")).ToHaveTextAsync("1 match for 'registered'");
    }

    [Fact]
    public async Task Scrolling_BringsALongResultToItsEnd()
    {
        var page = await Open("/?query=tangut");
        await Expect(page.Locator("#share")).ToContainTextAsync("of 6,914");
        await ScrollToTheEnd(page, 6914);
        await Expect(page.Locator("#more")).ToBeHiddenAsync();
        var last = Rows(page).Last;
        await Expect(last).ToHaveAttributeAsync("aria-rowindex", "6915");

        // Pages that were left behind are emptied, and come again.
        await FewRowsAreLeft(page, 2000);
        await page.EvaluateAsync("scrollTo(0, 0)");
        await Expect(Rows(page).First).ToHaveAttributeAsync("aria-rowindex", "2");
        await Expect(Rows(page).First).ToBeInViewportAsync();
    }

    [Fact]
    public async Task FetchAll_BringsTheLongestResult()
    {
        var page = await Open("/?query=cjk");
        await page.Locator("#all").ClickAsync();
        await Expect(page.Locator("#share")).ToHaveTextAsync("all 98,885");
        Assert.Equal(1.0, await page.EvaluateAsync<double>("document.getElementById('bar').position"));
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        await Expect(page.Locator("[aria-rowindex='98886']")).ToBeInViewportAsync();
        await FewRowsAreLeft(page, 5000);
    }

    [Fact]
    public async Task RestartedServer_IsFoundAgain_AndTheResultGoesOn()
    {
        var page = await Open("/?query=tangut");
        await Expect(Rows(page).First).ToBeVisibleAsync();
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        _server.Stop();
        await Expect(page.Locator("#trouble")).ToContainTextAsync("Trying again");
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");

        using var next = RunningFinder.Start(port: _server.Port);
        await Expect(page.Locator("#trouble")).ToBeEmptyAsync();
        await ScrollToTheEnd(page, 6914);
        await page.Locator("#query").FillAsync("sun");
        await Expect(page.Locator("#message")).ToHaveTextAsync("17 matches for 'sun'");
    }

    [Fact]
    public async Task RestartedServer_WhileNothingIsWanted_IsToldTheSearchLater()
    {
        var page = await Open("/?query=tangut");
        await Expect(Rows(page).First).ToBeVisibleAsync();
        await Expect(page.Locator("#share")).ToContainTextAsync("of 6,914");
        _server.Stop();
        await Expect(page.Locator("#trouble")).ToContainTextAsync("Trying again");

        using var next = RunningFinder.Start(port: _server.Port);
        await Expect(page.Locator("#trouble")).ToBeEmptyAsync();
        await ScrollToTheEnd(page, 6914);
    }

    [Fact]
    public async Task WithoutWebSockets_PagesAreFetched()
    {
        var page = await Open("/live");
        await page.Context.AddInitScriptAsync("WebSocket = class { constructor() { this.readyState = 3; setTimeout(() => this.onclose()); } static OPEN = 1; static CONNECTING = 0; }");
        await page.GotoAsync("/?query=braille+pattern");
        await Expect(page.Locator("#message")).ToHaveTextAsync("256 matches for 'braille pattern'");
        await ScrollToTheEnd(page, 256);
        await page.Locator("#query").FillAsync("tangut");
        await ScrollToTheEnd(page, 6914);
        await page.Locator("#query").FillAsync("it's");
        await Expect(page.Locator("#message")).ToHaveTextAsync("No match for \"it's\"");

        // However many pages they have, searches count once.
        string[] searches = ["Query: 'braille pattern'", "Query: 'tangut'", "Query: \"it's\""];
        Assert.Equal(searches, _server.Log.Where(line => line.StartsWith("Query:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WithoutScripts_ThePageAndItsLinksWork()
    {
        var page = await Open();
        var plain = await (await page.Context.Browser!.NewContextAsync(new() { JavaScriptEnabled = false, BaseURL = _server.Address.ToString() })).NewPageAsync();
        await plain.GotoAsync("/");
        await plain.Locator("#query").FillAsync("braille pattern");
        await plain.GetByRole(AriaRole.Button, new() { Name = "find" }).ClickAsync();
        await Expect(plain.Locator("#message")).ToHaveTextAsync("256 matches for 'braille pattern'");
        await plain.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(Rows(plain)).ToHaveCountAsync(56);
    }

    [Fact]
    public async Task LivePage_ShowsWhatIsSearchedFor()
    {
        var live = await Open("/live");
        await Expect(live.Locator("#message")).ToContainTextAsync("Connected");
        var page = await Open("/?query=<b>sun</b>");
        await Expect(live.Locator("#searches li")).ToHaveCountAsync(1);
        await page.Locator("#query").FillAsync("spider web");
        await Expect(live.Locator("#searches li").First).ToContainTextAsync("spider web");
        await Expect(live.Locator("#searches li").First).ToContainTextAsync("1 match");
        await live.GetByRole(AriaRole.Link, new() { Name = "spider web" }).ClickAsync();
        await Expect(Rows(live)).ToHaveCountAsync(1);
    }

    private static ILocator Rows(IPage page) => page.Locator("#results tbody tr");

    private static async Task ScrollToTheEnd(IPage page, int count) => await page.WaitForFunctionAsync(
        "whole => { scrollTo(0, document.body.scrollHeight); return document.getElementById('share').textContent === whole; }", $"all {count:N0}");

    private static async Task FewRowsAreLeft(IPage page, int most) => await page.WaitForFunctionAsync(
        "most => document.querySelectorAll('#results tbody tr').length <= most", most);

    /// <summary>Notes what is announced from now on: it is shown for a moment only.</summary>
    private static async Task NoteAnnouncements(IPage page) => await page.EvaluateAsync(
        "const place = document.getElementById('copied'); window.announced = []; new MutationObserver(() => announced.push(place.textContent)).observe(place, { childList: true })");

    private static async Task Announced(IPage page, string text) => await page.WaitForFunctionAsync("text => announced.includes(text)", text);

    private Task<IPage> Open(string path = "/") => browser.Open(_server.Address, path);
}
