using Tulip.Engines;

namespace Tulip.Running.Tests;

/// <summary>An engine that fails when it is told to, and that no other thread can wait for.</summary>
internal sealed class BreakableEngine : ForwardingEngine
{
    public bool IsBroken { get; set; }

    public override int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
        => IsBroken ? throw new IOException("broken") : base.SubmitAndWait(completions, timeoutNanoseconds);
}
