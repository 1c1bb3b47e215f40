using static Tulip.Aio;

namespace Tulip.AspNetCore.Tests;

/// <summary>Where handlers run.</summary>
public sealed class LoopThreadTests
{
    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task Handler_BeforeAndAfterEachAwait_IsOnItsLoop(string carrier)
    {
        var threads = new List<int>();
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/", async () =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Delay(1);
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Run(static () => { });
            threads.Add(Environment.CurrentManagedThreadId);
            await Sleep(0.001);
            threads.Add(Environment.CurrentManagedThreadId);
            _ = GetRunningLoop();
            return "";
        }));
        using var client = server.Client();

        for (var i = 0; i < 10; i++)
            await client.GetStringAsync("/");

        Assert.Equal(40, threads.Count);
        Assert.Single(threads.Distinct());
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task FirstRequest_OfManyConnections_IsOnTheLoop(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static () => GetRunningLoop().EngineName));
        for (var i = 0; i < 50; i++)
        {
            using var client = server.Client();
            Assert.Equal(carrier, await client.GetStringAsync("/"));
        }
    }
}
