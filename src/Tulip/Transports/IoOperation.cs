using Tulip.Engines;

namespace Tulip;

/// <summary>An operation with one completion as a future of its result: a number of bytes, or an error, negated.</summary>
internal sealed class IoOperation(EventLoop loop) : Future<int>(loop), IIoTarget
{
    void IIoTarget.Complete(in IoCompletion completion)
    {
        // Whoever cancelled the future does away with what came of the operation.
        if (!Done)
            FinishWith(completion.Result);
    }

    void IIoTarget.Flush()
    {
    }
}
