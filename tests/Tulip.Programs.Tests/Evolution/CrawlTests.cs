using System.Net;
using System.Net.Sockets;
using Evolution;

namespace Tulip.Programs.Tests;

public sealed class CrawlTests
{
    private const int Pages = 10;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    public static TheoryData<string> Concurrent => [.. Way.All.Where(way => way.IsConcurrent).Select(way => way.Name)];

    public static TheoryData<string> OneByOne => [.. Way.All.Where(way => !way.IsConcurrent).Select(way => way.Name)];

    public static TheoryData<string> InThisProcess => [.. Way.All.Where(way => way is not Processes).Select(way => way.Name)];

    /// <summary>The server answers none before all ten have asked: a way that asks one by one would wait for ever.</summary>
    [Theory]
    [MemberData(nameof(Concurrent))]
    public async Task ConcurrentWay_AsksForAllPagesAtOnce_AndGetsEachWhole(string name)
    {
        using var server = new PageServer(delay: 0, together: Pages);
        AssertAllPages(await Run(name, server));
        Assert.Equal(Pages, server.MostWaiting);
    }

    [Theory]
    [MemberData(nameof(OneByOne))]
    public async Task SequentialWay_NeverAsksForTwoPagesAtOnce(string name)
    {
        using var server = new PageServer(delay: 0.001);
        AssertAllPages(await Run(name, server));
        Assert.Equal(1, server.MostWaiting);
        Assert.Equal(Pages, server.Served);
    }

    [Fact]
    public async Task BusyWay_AsksInVain()
    {
        using var server = new PageServer(delay: 0.02);
        var way = new BusyNonBlocking();
        await Task.Run(() => Crawl.Run(way, server, 1), TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(way.TriesInVain > 0);
    }

    [Theory]
    [MemberData(nameof(InThisProcess))]
    public async Task NobodyListens_TheWayFailsWithTheSystemsError(string name)
    {
        var nobody = new PageRequest(UnusedEndPoint(), 1);
        var crawl = Task.Run(() => Find(name).Crawl([nobody]), TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<SocketException>(() => crawl.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Theory]
    [InlineData("HTTP/1.0 503 Service Unavailable\r\n\r\n", "page 3: the server's answer is not a page")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><ti", "page 3: the connection ended in the middle of it")]
    [InlineData("", "page 3: the server's answer is not a page")]
    public void Parse_WhatIsNoWholePage_IsRefused(string received, string message)
    {
        var request = new PageRequest(UnusedEndPoint(), 3);
        var failure = Assert.Throws<InvalidDataException>(() => request.Parse(System.Text.Encoding.ASCII.GetBytes(received)));
        Assert.Equal(message, failure.Message);
    }

    private static void AssertAllPages(IReadOnlyList<string> pages)
    {
        Assert.Equal(Pages, pages.Count);
        for (var number = 1; number <= Pages; number++)
            Assert.StartsWith($"<html><title>Page {number}</title>", pages[number - 1]);
    }

    private static async Task<IReadOnlyList<string>> Run(string name, PageServer server)
    {
        var stop = TestContext.Current.CancellationToken;
        var (pages, _) = await Task.Run(() => Crawl.Run(Find(name), server, Pages), stop).WaitAsync(s_patience, stop);
        return pages;
    }

    private static Way Find(string name) => Way.All.Single(way => way.Name == name);

    private static IPEndPoint UnusedEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
