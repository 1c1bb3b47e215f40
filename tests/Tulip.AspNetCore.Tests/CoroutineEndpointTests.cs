using static Tulip.Aio;

namespace Tulip.AspNetCore.Tests;

/// <summary>Handlers that return a coroutine.</summary>
public sealed class CoroutineEndpointTests
{
    [Fact]
    public async Task Get_WithRouteAndQuery_BindsAndAnswers()
    {
        await using var server = await TestServer.Start("epoll", static app => app.MapCoroutineGet("/{id}", async Coroutine<string> (int id, string? name = "nobody") =>
        {
            await Sleep(0.001);
            return $"{id} {name}";
        }));
        using var client = server.Client();

        Assert.Equal("7 nobody", await client.GetStringAsync("/7"));
        Assert.Equal("8 you", await client.GetStringAsync("/8?name=you"));
    }
}
