using Tulip.Engines.Tests.Conformance;

namespace Tulip.Engines.Tests.Simulated;

public sealed class SimulatedEngineTests : CancelConformance
{
    protected override (IIoEngine Engine, Action? Advance) Create() => SimulatedHere.Create(new LinkConditions());
}

/// <summary>The same promises on a bad line.</summary>
public sealed class SimulatedBadLineTests : EngineConformance
{
    protected override (IIoEngine Engine, Action? Advance) Create() => SimulatedHere.Create(new LinkConditions
    {
        Latency = TimeSpan.FromMilliseconds(20),
        Jitter = TimeSpan.FromMilliseconds(15),
        BytesPerSecond = 1_000_000,
        Loss = 0.1,
    });
}

internal static class SimulatedHere
{
    public static (IIoEngine Engine, Action? Advance) Create(LinkConditions conditions)
    {
        var engine = new SimulatedEngine(new SimulatedNetwork(7) { Conditions = conditions });
        return (engine, () =>
        {
            if (engine.TryPeekDue(out var when))
                engine.MoveTo(when);
        }
        );
    }
}
