namespace Tulip.Engines;

/// <summary>What an event loop does its input and output with and waits in: the operating system as one loop thread sees it.</summary>
/// <remarks>
/// <para>Operations go down as plain data (<see cref="IoRequest"/>), completions come up (<see cref="IoCompletion"/>).
/// Experimental: an engine written outside Tulip must expect to follow its changes.</para>
/// <list type="number">
/// <item>An engine never calls user code, and never looks at a request's <see cref="IoRequest.State"/>.</item>
/// <item>An operation that <see cref="Submit"/> accepted has exactly one last completion (<see cref="IoCompletion.More"/>
/// is false), whatever happens: success, failure, <see cref="Cancel"/>, <see cref="Close"/>. Only disposing the engine
/// drops operations.</item>
/// <item>Memory given to an operation belongs to the engine until that last completion, also after a cancel.</item>
/// <item>A success that races with a cancel is delivered, never lost: the last completion of a cancelled operation may
/// say that it succeeded. A multishot operation then still ends with <see cref="IoError.Canceled"/>.</item>
/// <item>A handle and a token are a place and a generation: those of something closed or ended match nothing later,
/// whatever number the operating system gives to its next descriptor.</item>
/// <item>One operation per direction of a handle: at most one of accept and receiving, at most one of connect and sending,
/// at most one poll for each.</item>
/// <item>A <see cref="Wake"/> is never lost: one that comes before <see cref="SubmitAndWait"/> makes that wait return at once.</item>
/// </list>
/// <threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call.</threadsafety>
/// </remarks>
public interface IIoEngine : IDisposable
{
    /// <summary>A short name for messages, such as <c>epoll</c>.</summary>
    string Name { get; }

    /// <summary>What this engine can do besides sockets.</summary>
    IoFeatures Features { get; }

    /// <summary>Opening sockets and asking about them.</summary>
    IIoSockets Sockets { get; }

    /// <summary>Whether operations are in flight, or completions wait to be collected: if not, only time and
    /// <see cref="Wake"/> can end a wait.</summary>
    bool HasPending { get; }

    /// <summary>Starts an operation. It may reach the kernel only with the next <see cref="SubmitAndWait"/>.</summary>
    /// <param name="request">What to do; copied.</param>
    /// <param name="result">If the operation was over at once (only sending or a connect may be): its result, as in
    /// <see cref="IoCompletion.Result"/>; else 0.</param>
    /// <returns>What <see cref="Cancel"/> takes; <see cref="IoToken.None"/> if the operation was over at once, in which
    /// case it has no completion.</returns>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    /// <exception cref="InvalidOperationException">The handle has an operation in this direction already.</exception>
    /// <exception cref="NotSupportedException">The engine lacks the feature (<see cref="Features"/>).</exception>
    IoToken Submit(in IoRequest request, out int result);

    /// <summary>Sends what the kernel takes at once, without an operation: for large pieces that need not be copied first.</summary>
    /// <param name="handle">A connected socket with no send in flight.</param>
    /// <param name="bytes">What to send; not empty. Used during the call only.</param>
    /// <returns>How many bytes were taken, or an error of <see cref="IoError"/>, negated: <see cref="IoError.Again"/> if there
    /// is no room now, or the engine sends by operations only.</returns>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    int SendNow(IoHandle handle, ReadOnlySpan<byte> bytes) => -IoError.Again;

    /// <summary>Asks for the early end of an operation; does nothing if it has ended. The last completion tells how it ended.</summary>
    void Cancel(IoToken token);

    /// <summary>Hands what was submitted to the kernel, waits, and collects completions.</summary>
    /// <param name="completions">Receives the completions, in the order in which they came; must not be empty.</param>
    /// <param name="timeoutNanoseconds">The longest wait for the first one, in nanoseconds; 0 does not block, a negative
    /// value waits without a limit. An engine may round up to its own resolution, never down; it may return early,
    /// for no reason.</param>
    /// <returns>How many completions were stored; 0 after a <see cref="Wake"/> or when the time was up. If as many as
    /// there is room for, the next call gives more.</returns>
    int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds);

    /// <summary>Gives back the memory that a completion lent (<see cref="IoCompletion.Data"/>); once for each such completion.</summary>
    /// <remarks>An engine has little of it: give it back in the pass of the loop that got it, copying what has to stay.</remarks>
    void Return(in IoCompletion completion);

    /// <summary>Cancels the handle's operations and closes its descriptor as soon as the kernel is done with them; closing twice is harmless.</summary>
    /// <param name="handle">What to close. It is unusable from now on.</param>
    /// <param name="reset">Whether a TCP connection is ended by a reset, unsent data dropped.</param>
    void Close(IoHandle handle, bool reset = false);

    /// <summary>Makes the current or, if there is none, the next <see cref="SubmitAndWait"/> return. Any thread; harmless after disposal.</summary>
    void Wake();
}
