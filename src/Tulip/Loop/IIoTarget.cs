using Tulip.Engines;

namespace Tulip;

/// <summary>What stands behind the operations of an engine: the <see cref="IoRequest.State"/> of every request that this loop makes.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
internal interface IIoTarget
{
    /// <summary>Takes note of a completion. Called while the loop collects them, before the pass runs anything: it must not
    /// run user code, but puts what has to run in the ready queue, in the order in which completions came.</summary>
    void Complete(in IoCompletion completion);

    /// <summary>Submits what a pass has gathered; see <see cref="LoopIo.FlushLater"/>.</summary>
    void Flush();
}
