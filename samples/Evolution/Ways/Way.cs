namespace Evolution;

/// <summary>One way to crawl, in the order in which they came about.</summary>
internal abstract class Way
{
    public static IReadOnlyList<Way> All { get; } =
    [
        new Blocking(), new Processes(), new Threads(), new BusyNonBlocking(), new SelectWithCallbacks(),
        new Generators(), new Delegation(), new TornadoStyle(), new Coroutines(),
    ];

    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    public abstract string Description { get; }

    /// <summary>How long the texts' ten pages took in this way, in seconds; null if they do not tell.</summary>
    public virtual double? SecondsInTheTexts => null;

    /// <summary>Whether all requests wait at the same time.</summary>
    public virtual bool IsConcurrent => true;

    /// <summary>Gets the pages.</summary>
    /// <returns>Their texts, in the order of the requests.</returns>
    public abstract IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests);
}
