using Tulip;
using static Tulip.Aio;

namespace Evolution;

/// <summary>Coroutines: the function of the first way, with <c>await</c> where it waits, and all pages at once.</summary>
internal sealed class Coroutines : Way
{
    public override string Name => "coroutines";

    public override string Description => "Tulip";

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests) => Aio.Run(FetchAll(requests));

    private static async Coroutine<string[]> FetchAll(IReadOnlyList<PageRequest> requests) => await Gather(requests.Select(Fetch));

    private static async Coroutine<string> Fetch(PageRequest request)
    {
        var (reader, writer) = await OpenConnection(request.Server.Address.ToString(), request.Server.Port);
        await using (writer)
        {
            writer.Write(request.ToBytes());
            return request.Parse(await reader.Read());
        }
    }
}
