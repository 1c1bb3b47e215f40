namespace Tulip.Engines;

/// <summary>What an event loop waits in: the operating system seen from one loop thread.</summary>
/// <remarks>
/// <para>Experimental: the contract holds what timers and wake-ups need. Sockets and files will shape the rest of it
/// (submitting and cancelling operations), so an engine written outside Tulip must expect to follow.</para>
/// <para>Rules. 1. An engine never calls user code. 2. <see cref="Wait"/> may return early, for no reason; the loop
/// looks again. 3. A <see cref="Wake"/> is never lost: one that comes before <see cref="Wait"/> makes that wait
/// return at once.</para>
/// <threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call.</threadsafety>
/// </remarks>
public interface IIoEngine : IDisposable
{
    /// <summary>A short name for messages, such as <c>portable</c>.</summary>
    string Name { get; }

    /// <summary>Blocks until <see cref="Wake"/> is called or the time is up.</summary>
    /// <param name="timeoutNanoseconds">The longest wait, in nanoseconds; 0 does not block, a negative value waits for
    /// <see cref="Wake"/> without a limit. An engine may round up to its own resolution, never down.</param>
    void Wait(long timeoutNanoseconds);

    /// <summary>Makes the current or, if there is none, the next <see cref="Wait"/> return. Any thread.</summary>
    void Wake();
}
