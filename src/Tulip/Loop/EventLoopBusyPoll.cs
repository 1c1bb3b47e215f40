namespace Tulip;

/// <summary>Looking for I/O without sleeping.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopBusyPoll
{
    extension(EventLoop loop)
    {
        /// <summary>How long the loop looks for I/O without sleeping before it waits in the kernel, in seconds; 0 at first.</summary>
        /// <remarks>
        /// For latency: an answer that comes within this time is noticed without the cost of putting a thread to sleep and
        /// waking it, some microseconds. The price is a processor that is busy while nothing happens: tens of microseconds
        /// (0.00005) are usual, more than a millisecond hardly ever pays. It counts only while connections are open.
        /// </remarks>
        /// <exception cref="ArgumentOutOfRangeException">Less than 0, more than 1 second, or NaN.</exception>
        public double BusyPoll
        {
            get => LoopTime.ToSeconds(loop.Io.BusyPollNanoseconds);
            set
            {
                if (value is not (>= 0 and <= 1))
                    throw new ArgumentOutOfRangeException(nameof(value), value, "The time to spin is from 0 to 1 second.");
                loop.Io.BusyPollNanoseconds = LoopTime.FromSeconds(value, nameof(value));
            }
        }
    }
}
