using Tulip;

namespace Stages;

/// <summary>One way to write three calls, each of which needs the response to the one before.</summary>
internal abstract class Way
{
    public static IReadOnlyList<Way> All { get; } =
        [new NestedCallbacks(), new ChainedCallbacks(), new ErrorCallbacks(), new FutureChain(), new StraightCoroutine()];

    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    public abstract string Description { get; }

    /// <summary>The caller's side: gives what stage three gave, if the way has means to tell it.</summary>
    public abstract Coroutine<string> Run(Scene scene, string request);
}
