using Tulip.Engines;

namespace Tulip.Tests;

/// <summary>The portable engine, for tests that have to know when a loop waits, or to have a say in it.</summary>
internal abstract class ForwardingEngine : IIoEngine
{
    private readonly PortableEngine _inner = new();

    public string Name => _inner.Name;

    public IoFeatures Features => _inner.Features;

    public IIoSockets Sockets => _inner.Sockets;

    public bool HasPending => _inner.HasPending;

    public virtual int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds) => _inner.SubmitAndWait(completions, timeoutNanoseconds);

    public IoToken Submit(in IoRequest request, out int result) => _inner.Submit(request, out result);

    public void Cancel(IoToken token) => _inner.Cancel(token);

    public void Return(in IoCompletion completion) => _inner.Return(completion);

    public void Close(IoHandle handle, bool reset = false) => _inner.Close(handle, reset);

    public void Wake() => _inner.Wake();

    public void Dispose() => _inner.Dispose();
}
