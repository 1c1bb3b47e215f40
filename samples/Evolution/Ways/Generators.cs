namespace Evolution;

/// <summary>
/// A generator that yields a future wherever it has to wait, a task that goes on with it when the future is done, and the
/// loop: the function is one again, its variables are back.
/// </summary>
internal sealed class Generators : Way
{
    public override string Name => "generators";

    public override string Description => "futures, tasks and a loop by hand, over generators";

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
        page.StartConnect();
        var connected = new HandFuture();
        selector.WhenWritable(page.Socket, () => connected.SetResult(null));
        yield return connected;

        selector.Forget(page.Socket);
        page.Send();
        bool more;
        do
        {
            var received = new HandFuture();
            selector.WhenReadable(page.Socket, () => received.SetResult(null));
            yield return received;

            more = page.Receive();
            selector.Forget(page.Socket);
        }
        while (more);

        pages[slot] = page.ParsePage();
    }
}
