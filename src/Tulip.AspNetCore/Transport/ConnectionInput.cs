// ConnectionInput: what Kestrel reads.
// Thread: any, one at a time.
//   1. A read that waits goes on in line in the loop's callback. One that is done at once, but was asked for elsewhere, is brought
//      to the loop: Kestrel begins each connection on the thread pool, and comes back from handlers that left.
using System.IO.Pipelines;

namespace Tulip.AspNetCore;

internal sealed class ConnectionInput(EventLoop loop, PipeReader reader) : PipeReader
{
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = reader.ReadAsync(cancellationToken);
        return !read.IsCompletedSuccessfully || ReferenceEquals(EventLoop.RunningOrNull, loop) ? read : BringToLoop(read.Result);
    }

    public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => reader.CancelPendingRead();

    // Without the exception: the other end is the transport's, which has nobody to throw it to.
    public override void Complete(Exception? exception = null) => reader.Complete();

    private async ValueTask<ReadResult> BringToLoop(ReadResult result)
    {
        await new LoopSwitch(loop);
        return result;
    }
}
