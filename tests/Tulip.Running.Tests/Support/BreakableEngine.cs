using Tulip.Engines;
using Tulip.Engines.Portable;

namespace Tulip.Running.Tests;

/// <summary>An engine that fails when it is told to, and that no other thread can wait for.</summary>
internal sealed class BreakableEngine : IIoEngine
{
    private readonly PortableEngine _inner = new();

    public bool IsBroken { get; set; }

    public string Name => _inner.Name;

    public IoFeatures Features => _inner.Features;

    public IIoSockets Sockets => _inner.Sockets;

    public bool HasPending => _inner.HasPending;

    public int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
        => IsBroken ? throw new IOException("broken") : _inner.SubmitAndWait(completions, timeoutNanoseconds);

    public IoToken Submit(in IoRequest request, out int result) => _inner.Submit(request, out result);

    public void Cancel(IoToken token) => _inner.Cancel(token);

    public void Return(in IoCompletion completion) => _inner.Return(completion);

    public void Close(IoHandle handle, bool reset = false) => _inner.Close(handle, reset);

    public void Wake() => _inner.Wake();

    public void Dispose() => _inner.Dispose();
}
