using Microsoft.Win32.SafeHandles;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that send files.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public static class EventLoopFiles
{
    extension(EventLoop loop)
    {
        /// <summary>Sends a file, or a part of it, through a transport (<c>sendfile</c>).</summary>
        /// <remarks>
        /// <para>Over a plain connection the kernel does it (sendfile(2)), on Linux with the engines io_uring and epoll; the file's
        /// disk holds up the loop if the file is not in memory. Otherwise, and always with TLS, threads of the loop's executor
        /// read the file and the transport writes it.</para>
        /// <para>It begins when what was written before has left. Until it ends, writing to the transport is an error, and
        /// reading is paused. A cancel ends it in the middle: close the transport then, for the peer cannot tell where.</para>
        /// </remarks>
        /// <param name="transport">A transport of this loop's that can write.</param>
        /// <param name="file">An open file that can be sought in; its own position does not matter and does not change.</param>
        /// <param name="offset">Where to begin, in bytes from the start; at least 0.</param>
        /// <param name="count">How many bytes to send, at least 1; null for all until the end.</param>
        /// <param name="fallback">Whether it may be read and written in pieces when the kernel cannot do it.</param>
        /// <returns>How many bytes were sent: fewer than <paramref name="count"/> if the file ended.</returns>
        /// <exception cref="SendfileNotAvailableException">The kernel cannot do it, and <paramref name="fallback"/> is false.</exception>
        /// <exception cref="InvalidOperationException">The transport is closing, or is sending a file.</exception>
        /// <exception cref="NotSupportedException">The transport cannot write.</exception>
        /// <exception cref="System.Net.Sockets.SocketException">The connection broke.</exception>
        public Coroutine<long> SendFile(Transport transport, SafeFileHandle file, long offset = 0, long? count = null, bool fallback = true)
        {
            ArgumentNullException.ThrowIfNull(transport);
            ArgumentNullException.ThrowIfNull(file);
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            if (count is <= 0)
                throw new ArgumentOutOfRangeException(nameof(count), count, "The count must be positive.");
            if (transport.IsClosing)
                throw new InvalidOperationException("The transport is closing.");
            if (transport is ReadPipeTransport)
                throw new NotSupportedException("This transport is of a pipe's end to read from: it cannot write.");
            return FileSender.Send(loop, transport, file, offset, count, fallback);
        }
    }
}
