using System.Text;

namespace Tulip.Crawler.Tests;

/// <summary>Addresses, rules and pages as they are written.</summary>
public sealed class ReadingTests
{
    [Theory]
    [InlineData("HTTP://User@A.Test:80/a/./b/../c?q=1#part", "http://a.test/a/c?q=1")]
    [InlineData("//B.test", "http://b.test/")]
    [InlineData("?page=2", "http://a.test/dir/page?page=2")]
    [InlineData("  next\n", "http://a.test/dir/next")]
    [InlineData("http://bücher.test/ü", "http://xn--bcher-kva.test/%C3%BC")]
    [InlineData("http://[::1]:8080/", "http://[::1]:8080/")]
    [InlineData("mailto:a@a.test", null)]
    [InlineData("javascript:void(0)", null)]
    [InlineData("http://[", null)]
    [InlineData("http://xn--üü.test/", null)]
    [InlineData("http://a.test:99999/", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Resolve_GivesOneFormToOneAddress(string? link, string? expected) =>
        Assert.Equal(expected, Addresses.Resolve(new Uri("http://a.test/dir/page"), link)?.AbsoluteUri);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/private/x", false)]
    [InlineData("/private/open/x", true)]
    [InlineData("/a.pdf", false)]
    [InlineData("/a.pdf?x", true)]
    [InlineData("/search?q=1", false)]
    [InlineData("/%E4%B8%AD", false)]
    [InlineData("/x/y/z", false)]
    [InlineData("/x/z", true)]
    public void Rules_TheLongestPatternDecides(string path, bool allowed)
    {
        var rules = RobotsRules.Parse(
            "\uFEFFuser-agent: other\nDisallow: /\n\nUser-Agent: *  # everybody\nsitemap: x\nDisallow: /private/\nAllow: /private/open\n"
            + "Disallow: /*.pdf$\nDisallow: /search?\nDisallow: /中\nDisallow: /x/*/z\nDisallow:\nnonsense\n",
            "TulipCrawler");
        Assert.Equal(allowed, rules.Allows(new Uri($"http://a.test{path}")));
    }

    [Theory]
    [InlineData("/%7Euser/", "/~user/x")]
    [InlineData("/~user/", "/%7Euser/x")]
    [InlineData("/%e4%b8%ad", "/中")]
    [InlineData("/a%3cd", "/a%3Cd")]
    [InlineData("/a%3Cd", "/a%3cd")]
    [InlineData("/a<d", "/a%3Cd")]
    [InlineData("/50%", "/50%25")]
    [InlineData("/a?b=%2", "/a?b=%252")]
    public void Rules_ThatAreWrittenOtherwise_MeanTheSame(string pattern, string path)
    {
        var rules = RobotsRules.Parse($"User-agent: *\nDisallow: {pattern}", "x");
        Assert.False(rules.Allows(Addresses.Resolve(new Uri("http://a.test/"), path)!));
    }

    [Theory]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%2Ab", "/axb")]
    [InlineData("/a%24", "/a")]
    public void Rules_ThatEscapeWhatDivides_MeanTheLetter(string pattern, string path)
        => Assert.True(RobotsRules.Parse($"User-agent: *\nDisallow: {pattern}", "x").Allows(new Uri($"http://a.test{path}")));

    [Fact]
    public void Rules_ThatCannotBeRead_ForbidNothing()
        => Assert.True(RobotsRules.Parse("\0\uFFFD:\n:\nUser-agent\nUser-agent:*\nDisallow\nDisallow: \nAllow: %\nCrawl-delay: 1e999\n<html>", "x").Allows(new Uri("http://a.test/")));

    [Fact]
    public void Rules_ThatNameTheCrawler_CountAlone()
    {
        var rules = RobotsRules.Parse(
            "User-agent: *\nDisallow: /a\n\nUser-agent: x\nUser-agent: tulipcrawler\nDisallow: /b\n\nUser-agent: TulipCrawler\nDisallow: /c", "TulipCrawler");
        Assert.True(rules.Allows(new Uri("http://a.test/a")));
        Assert.False(rules.Allows(new Uri("http://a.test/b")));
        Assert.False(rules.Allows(new Uri("http://a.test/c")));
    }

    [Fact]
    public void Page_LinksAreReadAsABrowserReadsThem()
    {
        var page = Html(
            "<title> A \n title </title><base href='/base/'><a href=one>1</a><a href='two?a=1&amp;b=2'>2</a><A HREF=one#again>1</A>"
            + "<a rel='external nofollow' href=three>3</a><area href=four><a name=none>x</a><link rel='next' href=five><link rel=stylesheet href=six>");
        var (title, links) = PageLinks.Read(page, new Uri("http://a.test/dir/page"));
        Assert.Equal("A title", title);
        Assert.Equal(["/base/one", "/base/two?a=1&b=2", "/base/four", "/base/five"], links.Select(link => link.PathAndQuery));
    }

    [Theory]
    [InlineData("nofollow")]
    [InlineData("noindex, NOFOLLOW")]
    [InlineData("none")]
    public void Page_ThatForbidsFollowing_HasNoLinks(string content) =>
        Assert.Empty(PageLinks.Read(Html($"<meta name=Robots content='{content}'><a href=x>x</a>"), new Uri("http://a.test/")).Links);

    [Theory]
    [InlineData("koi8-r", "koi8-r")]
    [InlineData("utf-16", null)]
    [InlineData("utf-8", "no-such-encoding")]
    [InlineData("utf-8", "utf-7")]
    public void Page_IsReadInItsEncoding(string written, string? named)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(written) ?? Encoding.GetEncoding(written);
        byte[] body = [.. encoding.GetPreamble(), .. encoding.GetBytes("<title>страница</title>")];
        Assert.Equal("страница", PageLinks.Read(new PageResponse(200, body) { MediaType = "text/html", Charset = named }, new Uri("http://a.test/")).Title);
    }

    [Fact]
    public void Page_WithATitleForTheTerminal_SaysNothingToIt()
        => Assert.Equal("a ]0;b c", PageLinks.Read(Html("<title>a\e]0;b\a\n\u009B c</title>"), new Uri("http://a.test/")).Title);

    private static PageResponse Html(string html) => new(200, Encoding.UTF8.GetBytes(html)) { MediaType = "text/html", Charset = "utf-8" };
}
