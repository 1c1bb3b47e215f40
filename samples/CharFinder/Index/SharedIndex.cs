// SharedIndex: one index for all who search on a loop.
// Thread: the loop's. The work is done in a thread of its executor.
//   1. At most one load is under way; everybody awaits the same task, and nobody's cancel reaches it.
//   2. A load that failed is forgotten: all who waited see the exception, the next caller tries again.
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>The index, loaded in a thread when it is first wanted, and then kept.</summary>
/// <param name="load">Loads or builds the index; it blocks, and is called in a thread.</param>
internal sealed class SharedIndex(Func<CharIndex> load)
{
    private CharIndex? _index;
    private AsyncTask<CharIndex>? _loading;

    /// <summary>Whether a search answers without waiting.</summary>
    public bool IsReady => _index is not null;

    /// <summary>The index. The first who asks starts the loading; the others wait for it too. A waiter that is cancelled leaves
    /// it running for the others.</summary>
    public async Coroutine<CharIndex> Get()
    {
        if (_index is { } index)
            return index;

        if (_loading is null || _loading.Done)
            _loading = CreateTask(Load(), name: "index");
        return await Shield(_loading);
    }

    /// <summary>Searches as soon as the index is there.</summary>
    public async Coroutine<SearchResult> Search(string query) => (await Get()).Search(query);

    private async Coroutine<CharIndex> Load() => _index = await ToThread(load);
}
