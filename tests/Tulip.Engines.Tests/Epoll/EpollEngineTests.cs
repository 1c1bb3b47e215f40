using Tulip.Engines.Epoll;
using Tulip.Engines.Tests.Conformance;

namespace Tulip.Engines.Tests.Epoll;

public sealed class EpollEngineTests : WakeConformance
{
    protected override (IIoEngine Engine, Action? Advance) Create() => (new EpollEngine(), null);
}

public sealed class EpollDescriptorTests : DescriptorConformance
{
    private protected override IDescriptorEngine Create() => new EpollEngine();
}

public sealed class EpollFileTests : FileConformance
{
    private protected override IFileEngine Create() => new EpollEngine();
}
