namespace Evolution;

/// <summary>
/// The system is asked which sockets are ready, and their callbacks are called: one thread, all pages at once. What was one
/// function is now three that share fields.
/// </summary>
internal sealed class SelectWithCallbacks : Way
{
    public override string Name => "callbacks";

    public override string Description => "select, and a callback for each socket that is ready";

    public override double? SecondsInTheTexts => 0.45;

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests)
    {
        var selector = new Selector();
        var pages = new string[requests.Count];
        for (var index = 0; index < requests.Count; index++)
        {
            var slot = index;
            new Crawler(selector, requests[index], page => pages[slot] = page).Start();
        }

        selector.Run();
        return pages;
    }

    private sealed class Crawler(Selector selector, PageRequest request, Action<string> onPage)
    {
        private readonly PageSocket _page = new(request);

        public void Start()
        {
            _page.StartConnect();
            selector.WhenWritable(_page.Socket, Connected);
        }

        private void Connected()
        {
            selector.Forget(_page.Socket);
            _page.Send();
            selector.WhenReadable(_page.Socket, ReadResponse);
        }

        private void ReadResponse()
        {
            if (_page.Receive())
                return;

            selector.Forget(_page.Socket);
            onPage(_page.ParsePage());
            _page.Dispose();
        }
    }
}
