using Tulip.Engines;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that watch descriptors of the operating system.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopDescriptors
{
    extension(EventLoop loop)
    {
        /// <summary>Runs a callback in each pass in which a descriptor has something to be read (<c>add_reader</c>).</summary>
        /// <remarks>A callback that the descriptor had is replaced. It runs in a copy of the caller's context. Remove it before
        /// the descriptor is closed.</remarks>
        /// <param name="descriptor">The descriptor's number; it stays its owner's.</param>
        /// <param name="callback">What to run. An exception in it goes to the loop's exception handler.</param>
        /// <exception cref="InvalidOperationException">The descriptor is a transport's, or one of <see cref="EventLoopSockets"/> uses it.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors, or not one of this kind.</exception>
        /// <exception cref="ArgumentException">There is no such descriptor.</exception>
        public void AddReader(int descriptor, Action callback) => LoopTransports.Of(loop).Watch(descriptor, writing: false, callback);

        /// <summary>Stops watching a descriptor for something to be read (<c>remove_reader</c>).</summary>
        /// <returns>False if it was not watched.</returns>
        public bool RemoveReader(int descriptor) => LoopTransports.Of(loop).Unwatch(descriptor, writing: false);

        /// <summary>Runs a callback in each pass in which a descriptor has room to write (<c>add_writer</c>).</summary>
        /// <inheritdoc cref="AddReader(EventLoop, int, Action)"/>
        public void AddWriter(int descriptor, Action callback) => LoopTransports.Of(loop).Watch(descriptor, writing: true, callback);

        /// <summary>Stops watching a descriptor for room to write (<c>remove_writer</c>).</summary>
        /// <returns>False if it was not watched.</returns>
        public bool RemoveWriter(int descriptor) => LoopTransports.Of(loop).Unwatch(descriptor, writing: true);
    }
}
