namespace Tulip.Engines;

/// <summary>An engine whose readiness another thread can wait for, while the engine's own does something else: for loops inside a
/// host that owns the thread.</summary>
/// <remarks><threadsafety>Loop thread only, but for what says otherwise.</threadsafety></remarks>
public interface IWatchedEngine : IIoEngine
{
    /// <summary>Says that <see cref="WaitForWork"/> will be called from now on. Once is enough.</summary>
    void BeginWatch();

    /// <summary>Whether the next <see cref="IIoEngine.SubmitAndWait"/> has something to do without asking the operating system.</summary>
    bool HasWork { get; }

    /// <summary>Blocks until <see cref="IIoEngine.SubmitAndWait"/> would find something, or a <see cref="IIoEngine.Wake"/>; takes nothing.
    /// One other thread at a time, which has returned before the engine is disposed. It may return early, for no reason.</summary>
    void WaitForWork();
}
