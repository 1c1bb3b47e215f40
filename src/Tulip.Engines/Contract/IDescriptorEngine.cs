namespace Tulip.Engines;

/// <summary>An engine that can watch any descriptor of the operating system (<see cref="IoFeatures.Descriptors"/>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public interface IDescriptorEngine : IIoEngine
{
    /// <summary>Makes a handle for polling a descriptor, which stays its owner's: closing the handle does not close it.</summary>
    /// <exception cref="NotSupportedException">The descriptor is of a kind that is always ready, such as a regular file.</exception>
    /// <exception cref="ArgumentException">There is no such descriptor.</exception>
    IoHandle Watch(int descriptor);
}
