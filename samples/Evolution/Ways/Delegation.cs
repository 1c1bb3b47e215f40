namespace Evolution;

/// <summary>
/// Generators that call generators, as <c>yield from</c> made possible: connecting and reading become functions of
/// their own, which whoever needs them delegates to.
/// </summary>
internal sealed class Delegation : Way
{
    public override string Name => "delegation";

    public override string Description => "generators that delegate to generators";

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests)
    {
        var selector = new Selector();
        var pages = new string[requests.Count];
        for (var index = 0; index < requests.Count; index++)
            _ = new HandTask(Fetch(selector, requests[index], index, pages));

        selector.Run();
        return pages;
    }

    private static IEnumerable<object> Fetch(Selector selector, PageRequest request, int slot, string[] pages)
    {
        using var page = new PageSocket(request);
        yield return Connect(selector, page);
        page.Send();
        yield return ReadAll(selector, page);
        pages[slot] = page.ParsePage();
    }

    private static IEnumerable<object> Connect(Selector selector, PageSocket page)
    {
        page.StartConnect();
        var connected = new HandFuture();
        selector.WhenWritable(page.Socket, () => connected.SetResult(null));
        yield return connected;
        selector.Forget(page.Socket);
    }

    private static IEnumerable<object> ReadAll(Selector selector, PageSocket page)
    {
        while (true)
        {
            var received = new HandFuture();
            yield return Receive(selector, page, received);
            if (received.Result is false)
                yield break;
        }
    }

    private static IEnumerable<object> Receive(Selector selector, PageSocket page, HandFuture received)
    {
        selector.WhenReadable(page.Socket, () =>
        {
            selector.Forget(page.Socket);
            received.SetResult(page.Receive());
        });
        yield return received;
    }
}
