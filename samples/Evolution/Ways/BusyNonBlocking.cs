using System.Net.Sockets;

namespace Evolution;

/// <summary>
/// Sockets that never block, asked again and again. Nothing is gained: the program still does one page after the other,
/// and instead of waiting it now burns a processor.
/// </summary>
internal sealed class BusyNonBlocking : Way
{
    public override string Name => "busy";

    public override string Description => "sockets that do not block, asked until they are ready";

    public override double? SecondsInTheTexts => 4.3;

    public override bool IsConcurrent => false;

    /// <summary>How often a socket was asked in vain in the last crawl.</summary>
    public long TriesInVain { get; private set; }

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests)
    {
        TriesInVain = 0;
        return [.. requests.Select(Fetch)];
    }

    private string Fetch(PageRequest request)
    {
        using var page = new PageSocket(request);
        page.StartConnect();
        Insist(() =>
        {
            page.Send();
            return false;
        });
        Insist(page.Receive);
        return page.ParsePage();
    }

    /// <summary>Repeats a call while it has more to do, and whenever it is too early for it.</summary>
    private void Insist(Func<bool> attempt)
    {
        var goesOn = true;
        while (goesOn)
        {
            try
            {
                goesOn = attempt();
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.NotConnected)
            {
                TriesInVain++;
            }
        }
    }
}
