using System.Net;
using Flags;

namespace Tulip.Samples.Tests;

public sealed class FlagServerTests
{
    [Fact]
    public async Task LocalServer_ServesImagesAndMetadataAndNothingElse()
    {
        await using var server = await FlagServer.Start(0, Behaviour.Of(ServerKind.LOCAL));
        using var http = new HttpClient();
        var address = $"http://127.0.0.1:{server.Port}/flags";
        var cancelled = TestContext.Current.CancellationToken;

        var image = await http.GetAsync($"{address}/br/br.gif", cancelled);
        Assert.Equal("image/gif", image.Content.Headers.ContentType?.MediaType);
        Assert.Equal(CountryTable.Image("BR"), await image.Content.ReadAsByteArrayAsync(cancelled));

        var metadata = await http.GetAsync($"{address}/br/metadata.json", cancelled);
        Assert.Equal("application/json", metadata.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            """{"tld_cc":".br","iso_cc":"BR","country":"Brazil","gec_cc":"BR"}""", await metadata.Content.ReadAsStringAsync(cancelled));

        foreach (var path in new[] { "zz/zz.gif", "br/us.gif", "br", "" })
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"{address}/{path}", cancelled)).StatusCode);
    }

    [Fact]
    public async Task ErrorServer_Failure_IsAShortPageAndTheEndOfTheConnection()
    {
        await using var server = await FlagServer.Start(0, new Behaviour(ErrorShare: 1, DelayShare: 0, TimeSpan.Zero, Seed: 1));
        using var http = new HttpClient();
        var answer = await http.GetAsync($"http://127.0.0.1:{server.Port}/flags/br/br.gif", TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 500, 503);
        Assert.True(answer.Headers.ConnectionClose);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task StartNear_PortTaken_TakesAnother()
    {
        await using var first = await FlagServer.Start(0, Behaviour.Of(ServerKind.LOCAL));
        await using var second = await FlagServer.StartNear(first.Port, Behaviour.Of(ServerKind.LOCAL));
        Assert.NotEqual(first.Port, second.Port);
        await Assert.ThrowsAsync<IOException>(() => FlagServer.Start(first.Port, Behaviour.Of(ServerKind.LOCAL)));
    }
}
