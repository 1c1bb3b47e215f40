using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> for the signals that the process is sent.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopSignals
{
    extension(EventLoop loop)
    {
        /// <summary>Runs a callback each time the process is sent a signal, instead of the signal's usual effect (<c>add_signal_handler</c>).</summary>
        /// <remarks>
        /// <para>The callback runs in one of the loop's next passes, as any other, and always in the same copy of the
        /// context of this call. An exception in it goes to the loop's exception handler. A handler that the loop had for
        /// the signal is replaced; closing the loop removes it.</para>
        /// <para>A handler for <see cref="PosixSignal.SIGINT"/> has precedence over the Ctrl-C of <c>Aio.Run</c>: the main
        /// task is not cancelled unless the callback does it. Several loops may handle the same signal: each is told.</para>
        /// </remarks>
        /// <param name="signal">The signal. On Unix other ones than those named can be given by their number, such as
        /// <c>(PosixSignal)10</c>.</param>
        /// <param name="callback">What to run. Not an async lambda: start a task in it.</param>
        /// <exception cref="IOException">The signal cannot be handled, as SIGKILL.</exception>
        /// <exception cref="InvalidOperationException">The loop is closed, or runs on another thread.</exception>
        /// <exception cref="PlatformNotSupportedException">The platform does not have the signal.</exception>
        public void AddSignalHandler(PosixSignal signal, Action callback)
        {
            ArgumentNullException.ThrowIfNull(callback);
            loop.CheckCanSchedule();
            SignalHandlers.Of(loop).Set(loop, signal, callback);
        }

        /// <summary>Not for coroutines: make a task of it in the callback.</summary>
        [OverloadResolutionPriority(1)]
        [Obsolete("A coroutine given to AddSignalHandler would never run. Use CreateTask or StartSoon in the callback.", error: true)]
        public void AddSignalHandler(PosixSignal signal, Func<Coroutine> callback)
            => throw new ArgumentException("Coroutines cannot be used with AddSignalHandler.", nameof(callback));

        /// <inheritdoc cref="AddSignalHandler(EventLoop, PosixSignal, Func{Coroutine})"/>
        [Obsolete("An async lambda given to AddSignalHandler would never run as a coroutine. Use CreateTask or StartSoon in the callback.", error: true)]
        public void AddSignalHandler(PosixSignal signal, Func<Task> callback)
            => throw new ArgumentException("Coroutines cannot be used with AddSignalHandler.", nameof(callback));

        /// <summary>Gives a signal its usual effect again (<c>remove_signal_handler</c>).</summary>
        /// <remarks>A callback that is waiting for its turn does not run. Within <c>Aio.Run</c>, the usual effect of
        /// <see cref="PosixSignal.SIGINT"/> is to cancel the main task.</remarks>
        /// <param name="signal">The signal, as given to <c>AddSignalHandler</c>.</param>
        /// <returns>False if the loop has no handler for it.</returns>
        /// <exception cref="InvalidOperationException">The loop runs on another thread.</exception>
        public bool RemoveSignalHandler(PosixSignal signal)
        {
            loop.CheckThread();
            return SignalHandlers.Of(loop).Remove(signal);
        }
    }
}
