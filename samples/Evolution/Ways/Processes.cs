using System.Net;
using Tulip;

namespace Evolution;

/// <summary>A process for each page: they wait at the same time, and each costs the start of a program.</summary>
internal sealed class Processes : Way
{
    public override string Name => "processes";

    public override string Description => "a process for each page";

    public override double? SecondsInTheTexts => 0.6;

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests)
    {
        using var pool = new ProcessPoolExecutor(requests.Count);
        return [.. pool.Map(FetchInProcess, requests.Select(request => $"{request.Server} {request.Number}"))];
    }

    // What goes to another process has to be something that can be written down.
    private static string FetchInProcess(string request) => request.Split(' ') is [var server, var number]
        ? Blocking.Fetch(new PageRequest(IPEndPoint.Parse(server), int.Parse(number, provider: null)))
        : throw new ArgumentException("a request is a server and a number", nameof(request));
}
