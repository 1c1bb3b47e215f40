namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that start child processes.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopSubprocesses
{
    extension(EventLoop loop)
    {
        /// <summary>Starts a program (<c>subprocess_exec</c>).</summary>
        /// <remarks>
        /// Ends after the protocol's <see cref="BaseProtocol.ConnectionMade"/>. A cancel meanwhile kills the process and waits for
        /// its end. The process inherits none of this one's descriptors but its three streams, and default signals. Closing the
        /// transport, or the loop, kills it.
        /// </remarks>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="program">A path, or a name that is looked for in PATH.</param>
        /// <param name="arguments">What the program is given; null for nothing.</param>
        /// <param name="options">How it is started; null for the defaults: it shares this process' three streams.</param>
        /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
        /// <exception cref="NotSupportedException">The loop's engine has only sockets; or this is not Linux.</exception>
        public Coroutine<(SubprocessTransport Transport, TProtocol Protocol)> SubprocessExec<TProtocol>(
            Func<TProtocol> protocolFactory, string program, IReadOnlyList<string>? arguments = null, SubprocessOptions? options = null)
            where TProtocol : SubprocessProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentException.ThrowIfNullOrEmpty(program);
            return ChildTransport.Make(LoopTransports.Of(loop), protocolFactory, program, arguments ?? [], options ?? new SubprocessOptions());
        }

        /// <summary>Has the shell run a command line (<c>subprocess_shell</c>). Whatever is put into it must be quoted: see the shell's manual.</summary>
        /// <param name="protocolFactory">Makes the protocol.</param>
        /// <param name="command">What <c>/bin/sh</c> runs.</param>
        /// <param name="options">How it is started; null for the defaults: it shares this process' three streams.</param>
        /// <inheritdoc cref="SubprocessExec{TProtocol}(EventLoop, Func{TProtocol}, string, IReadOnlyList{string}?, SubprocessOptions?)"/>
        public Coroutine<(SubprocessTransport Transport, TProtocol Protocol)> SubprocessShell<TProtocol>(
            Func<TProtocol> protocolFactory, string command, SubprocessOptions? options = null)
            where TProtocol : SubprocessProtocol
        {
            ArgumentNullException.ThrowIfNull(command);
            return loop.SubprocessExec(protocolFactory, "/bin/sh", ["-c", command], options);
        }
    }
}
