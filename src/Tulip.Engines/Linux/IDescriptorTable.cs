namespace Tulip.Engines.Linux;

/// <summary>What a Linux engine knows of its descriptors, for <see cref="LinuxSockets"/>. Thread: the engine's.</summary>
internal interface IDescriptorTable
{
    /// <summary>Takes ownership of a socket that does not block.</summary>
    IoHandle Add(int descriptor);

    /// <summary>The descriptor of a handle.</summary>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    int Descriptor(IoHandle handle);
}
