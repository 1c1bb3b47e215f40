namespace Tulip.Engines;

/// <summary>What an engine can do besides sockets.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
[Flags]
public enum IoFeatures
{
    /// <summary>Sockets only.</summary>
    None = 0,

    /// <summary>It can watch any descriptor of the operating system (<see cref="IoOpcode.Poll"/>, <see cref="IDescriptorEngine"/>).</summary>
    Descriptors = 1,

    /// <summary>It can have the kernel send files (<see cref="IoOpcode.SendFile"/>).</summary>
    SendFile = 2,
}
