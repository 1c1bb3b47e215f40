namespace Evolution;

/// <summary>
/// Tornado's way, for a language whose generators cannot return a value: calling a generator gives a future, callers yield
/// it, and the value is thrown.
/// </summary>
internal sealed class TornadoStyle : Way
{
    public override string Name => "tornado";

    public override string Description => "generators behind futures; a value is returned by throwing it";

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests)
    {
        var selector = new Selector();
        List<HandFuture> pages = [.. requests.Select(request => TornadoRunner.Start(Fetch(selector, request)))];
        selector.Run();
        return [.. pages.Select(page => (string)page.Result!)];
    }

    private static IEnumerable<HandFuture> Fetch(Selector selector, PageRequest request)
    {
        using var page = new PageSocket(request);
        page.StartConnect();
        yield return Ready(selector.WhenWritable, selector, page);
        page.Send();

        HandFuture goesOn;
        do
        {
            goesOn = TornadoRunner.Start(Receive(selector, page));
            yield return goesOn;
        }
        while ((bool)goesOn.Result!);

        throw new ReturnException(page.ParsePage());
    }

    private static IEnumerable<HandFuture> Receive(Selector selector, PageSocket page)
    {
        yield return Ready(selector.WhenReadable, selector, page);
        throw new ReturnException(page.Receive());
    }

    private static HandFuture Ready(Action<System.Net.Sockets.Socket, Action> register, Selector selector, PageSocket page)
    {
        var ready = new HandFuture();
        register(page.Socket, () =>
        {
            selector.Forget(page.Socket);
            ready.SetResult(null);
        });
        return ready;
    }
}
