namespace Tulip.Architecture.Tests;

/// <summary>The folders of an assembly, from the lowest layer to the highest. Each may name only itself and what is above it
/// in this list. Folders of one entry are one layer and may name each other.</summary>
internal sealed class Layers
{
    /// <summary>The library. What is new in <c>src/Tulip</c> gets its place here first.</summary>
    public static Layers OfTulip { get; } = new(
        ["Loop", "Executors"], // the ready queue, timers, contexts; a loop owns its default executor
        ["Tasks"],             // coroutines, futures, tasks
        ["Sync"],              // locks, queues
        ["Structure"],         // groups, gathering, timeouts
        ["Introspection"],     // call graphs, the tree of tasks
        ["Transports"],        // connections, servers, protocols, sockets
        ["Files"],             // files that do not block the loop
        ["Streams"],           // readers, writers, views of them
        ["Http"],              // HttpClient and WebSockets over the loop's connections
        ["Processes"],         // child processes with streams
        ["Running"])           // Aio.Run, Runner
    {
        // The one type that is spread over the layers: each of its methods belongs to the folder of its file.
        Spread = ["Tulip.Aio"],

        // Pointers and system calls live in an assembly below all of these, and only what talks to engines knows it.
        MayNameEngines = ["Loop", "Transports", "Files"],
    };

    private readonly Dictionary<string, int> _ranks = [];

    public Layers(params string[][] fromLowest)
    {
        for (var rank = 0; rank < fromLowest.Length; rank++)
        {
            foreach (var folder in fromLowest[rank])
                _ranks.Add(folder, rank);
        }
    }

    public IReadOnlyCollection<string> Spread { get; init; } = [];

    public IReadOnlyCollection<string> MayNameEngines { get; init; } = [];

    public bool Has(string folder) => _ranks.ContainsKey(folder);

    public bool MayName(string from, string to) => _ranks[from] >= _ranks[to];
}
