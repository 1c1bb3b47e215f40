using Microsoft.Win32.SafeHandles;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> for pipes, and whatever else is read or written as a stream.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopPipes
{
    extension(EventLoop loop)
    {
        /// <summary>Reads from a pipe, a FIFO, a terminal, a device or a file (<c>connect_read_pipe</c>).</summary>
        /// <remarks>
        /// Ends after the protocol's <see cref="BaseProtocol.ConnectionMade"/>. The end of the stream closes the transport, after
        /// the protocol's <c>EofReceived</c>. A regular file, which asyncio refuses, is read within the loop's passes: its disk
        /// holds up the loop.
        /// </remarks>
        /// <param name="protocolFactory">Makes the protocol: a <see cref="Protocol"/> or a <see cref="BufferedProtocol"/>.</param>
        /// <param name="pipe">What to read from. It is disposed, and its descriptor closed with the transport; one that it does
        /// not own stays open.</param>
        /// <returns>A transport that cannot write, and its protocol.</returns>
        /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
        /// <exception cref="ArgumentException">The handle is closed.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> ConnectReadPipe<TProtocol>(
            Func<TProtocol> protocolFactory, SafeFileHandle pipe)
            where TProtocol : BaseProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(pipe);
            var shared = LoopTransports.Of(loop);
            return Connection.Make<Transport, TProtocol>(
                shared,
                () => PipeTransport.Adopt(shared, pipe, out _),
                protocolFactory,
                (handle, protocol, extras) => new ReadPipeTransport(shared, handle, protocol, extras));
        }

        /// <summary>Writes to a pipe, a FIFO, a terminal, a device or a file (<c>connect_write_pipe</c>).</summary>
        /// <remarks>
        /// Ends after the protocol's <see cref="BaseProtocol.ConnectionMade"/>. When nobody reads a pipe any more the transport is
        /// closed: <see cref="BaseProtocol.ConnectionLost"/> has an <see cref="IOException"/> if something was left to be written.
        /// <see cref="Transport.WriteEof"/> is the same as <see cref="BaseTransport.Close"/>.
        /// </remarks>
        /// <param name="protocolFactory">Makes the protocol: a <see cref="Protocol"/> or a <see cref="BufferedProtocol"/>, that is told of
        /// nothing to read.</param>
        /// <param name="pipe">What to write to. It is disposed, and its descriptor closed with the transport; one that it does
        /// not own stays open.</param>
        /// <returns>A transport that does not read, and its protocol.</returns>
        /// <exception cref="NotSupportedException">The loop's engine has only sockets.</exception>
        /// <exception cref="ArgumentException">The handle is closed.</exception>
        public Coroutine<(Transport Transport, TProtocol Protocol)> ConnectWritePipe<TProtocol>(
            Func<TProtocol> protocolFactory, SafeFileHandle pipe)
            where TProtocol : BaseProtocol
        {
            ArgumentNullException.ThrowIfNull(protocolFactory);
            ArgumentNullException.ThrowIfNull(pipe);
            var shared = LoopTransports.Of(loop);
            var tells = false;
            return Connection.Make<Transport, TProtocol>(
                shared,
                () => PipeTransport.Adopt(shared, pipe, out tells),
                protocolFactory,
                (handle, protocol, extras) => new WritePipeTransport(shared, handle, protocol, extras, tells));
        }
    }
}
