using Tulip.Engines.Tests.Conformance;
using Tulip.Engines.Uring;

namespace Tulip.Engines.Tests.Uring;

public sealed class UringEngineTests : WakeConformance
{
    protected override (IIoEngine Engine, Action? Advance) Create() => (UringHere.Create(), null);
}

public sealed class UringDescriptorTests : DescriptorConformance
{
    private protected override IDescriptorEngine Create() => UringHere.Create();
}

/// <summary>With buffers that one receive uses up, as kernels before 6.12 have them, and rings that are often full.</summary>
public sealed class UringSmallTests : WakeConformance
{
    protected override (IIoEngine Engine, Action? Advance) Create()
        => (UringHere.Create(new UringOptions { Submissions = 8, Completions = 16, MayFillGradually = false, WholeBufferSize = 4096, LeastBufferMemory = 8192, MostBufferMemory = 65536 }), null);
}

public sealed class UringFileTests : FileConformance
{
    private protected override IFileEngine Create() => UringHere.Create();
}

/// <summary>With rings that are often full.</summary>
public sealed class UringSmallFileTests : FileConformance
{
    private protected override IFileEngine Create() => UringHere.Create(new UringOptions { Submissions = 8, Completions = 16 });
}
