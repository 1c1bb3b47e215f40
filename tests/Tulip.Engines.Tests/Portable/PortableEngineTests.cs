using Tulip.Engines.Tests.Conformance;

namespace Tulip.Engines.Tests.Portable;

public sealed class PortableEngineTests : WakeConformance
{
    protected override (IIoEngine Engine, Action? Advance) Create() => (new PortableEngine(), null);
}
