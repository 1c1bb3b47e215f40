using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that use a <see cref="Socket"/> without a transport.</summary>
/// <remarks>
/// <para>The socket stays its owner's. It is used without blocking: one that blocks is made non-blocking and stays so, and is
/// refused in debug mode. What can be done at once is done at once; only then the loop is asked to wait. In each direction one
/// operation at a time: a second one fails, and so do <see cref="EventLoopDescriptors"/> for that direction meanwhile.</para>
/// <para>Cancel what waits for a socket before closing it: the system does not tell that a descriptor has gone.</para>
/// <threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety>
/// </remarks>
public static class EventLoopSockets
{
    extension(EventLoop loop)
    {
        /// <summary>Receives what there is, at least a byte (<c>sock_recv</c>).</summary>
        /// <remarks>A cancel loses nothing: what has not been returned stays in the socket.</remarks>
        /// <param name="socket">A connected socket.</param>
        /// <param name="count">At most how many bytes; 1 or more.</param>
        /// <returns>The bytes; none if the peer has ended its side.</returns>
        /// <exception cref="SocketException">The connection was lost.</exception>
        /// <exception cref="InvalidOperationException">Another operation reads from the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">In debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine<byte[]> SockRecv(Socket socket, int count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            return RawSocket.Of(loop, socket).Receive(count);
        }

        /// <summary>Receives what there is, at least a byte, into memory (<c>sock_recv_into</c>).</summary>
        /// <inheritdoc cref="SockRecv(EventLoop, Socket, int)"/>
        /// <param name="socket">A connected socket.</param>
        /// <param name="buffer">Where to put the bytes; not empty. It is written to before this ends, never after.</param>
        /// <returns>How many bytes; 0 if the peer has ended its side.</returns>
        public Coroutine<int> SockRecvInto(Socket socket, Memory<byte> buffer)
        {
            if (buffer.IsEmpty)
                throw new ArgumentException("There must be room for a byte: none received would look like the end.", nameof(buffer));
            return RawSocket.Of(loop, socket).ReceiveInto(buffer);
        }

        /// <summary>Receives a datagram (<c>sock_recvfrom</c>).</summary>
        /// <remarks>A cancel loses nothing: what has not been returned stays in the socket.</remarks>
        /// <param name="socket">A datagram socket that is bound, or has sent something.</param>
        /// <param name="count">At most how many bytes, 1 or more: what a longer datagram has beyond that is lost.</param>
        /// <returns>The datagram, which may be empty, and who sent it; null if the sender has no address.</returns>
        /// <exception cref="SocketException">The network reports of a datagram that was sent: receiving can go on.</exception>
        /// <exception cref="InvalidOperationException">Another operation reads from the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">In debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine<(byte[] Data, EndPoint? Address)> SockRecvFrom(Socket socket, int count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            return RawSocket.Of(loop, socket).ReceiveFrom(count);
        }

        /// <summary>Receives a datagram into memory (<c>sock_recvfrom_into</c>).</summary>
        /// <inheritdoc cref="SockRecvFrom(EventLoop, Socket, int)"/>
        /// <param name="socket">A datagram socket that is bound, or has sent something.</param>
        /// <param name="buffer">Where to put the bytes; what a longer datagram has beyond that is lost. It is written to before this
        /// ends, never after.</param>
        /// <returns>How many bytes, which may be none, and who sent them; null if the sender has no address.</returns>
        public Coroutine<(int Count, EndPoint? Address)> SockRecvFromInto(Socket socket, Memory<byte> buffer)
            => RawSocket.Of(loop, socket).ReceiveFromInto(buffer);

        /// <summary>Sends a datagram (<c>sock_sendto</c>).</summary>
        /// <param name="socket">A datagram socket.</param>
        /// <param name="data">The datagram; it must not change until this ends.</param>
        /// <param name="address">Where to.</param>
        /// <returns>How many bytes were sent: all.</returns>
        /// <exception cref="SocketException">It could not be sent.</exception>
        /// <exception cref="InvalidOperationException">Another operation writes to the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">In debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine<int> SockSendTo(Socket socket, ReadOnlyMemory<byte> data, EndPoint address)
        {
            ArgumentNullException.ThrowIfNull(address);
            return RawSocket.Of(loop, socket).SendTo(data, address);
        }

        /// <summary>Sends all of it (<c>sock_sendall</c>).</summary>
        /// <remarks>After a cancel or an error a part may have been sent; nothing tells how much.</remarks>
        /// <param name="socket">A connected socket.</param>
        /// <param name="data">What to send; it must not change until this ends.</param>
        /// <exception cref="SocketException">The connection was lost.</exception>
        /// <exception cref="InvalidOperationException">Another operation writes to the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">In debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine SockSendAll(Socket socket, ReadOnlyMemory<byte> data) => RawSocket.Of(loop, socket).SendAll(data);

        /// <summary>Sends a file, or a part of it (<c>sock_sendfile</c>).</summary>
        /// <remarks>The kernel does it (sendfile(2)), as far as there is room at a time; the file's disk holds up the loop if the file is not
        /// in memory. What the kernel cannot send is read by threads of the loop's executor. After a cancel or an error a part may
        /// have been sent; nothing tells how much.</remarks>
        /// <param name="socket">A connected stream socket.</param>
        /// <param name="file">An open file that can be sought in; its own position does not matter and does not change.</param>
        /// <param name="offset">Where to begin, in bytes from the start; at least 0.</param>
        /// <param name="count">How many bytes to send, at least 1; null for all until the end.</param>
        /// <param name="fallback">Whether it may be read and sent in pieces when the kernel cannot do it.</param>
        /// <returns>How many bytes were sent: fewer than <paramref name="count"/> if the file ended.</returns>
        /// <exception cref="SendfileNotAvailableException">The kernel cannot do it, and <paramref name="fallback"/> is false.</exception>
        /// <exception cref="SocketException">The connection was lost.</exception>
        /// <exception cref="InvalidOperationException">Another operation writes to the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">It is no stream socket; in debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine<long> SockSendFile(Socket socket, SafeFileHandle file, long offset = 0, long? count = null, bool fallback = true)
        {
            ArgumentNullException.ThrowIfNull(socket);
            ArgumentNullException.ThrowIfNull(file);
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            if (count is <= 0)
                throw new ArgumentOutOfRangeException(nameof(count), count, "The count must be positive.");
            if (socket.SocketType != SocketType.Stream)
                throw new ArgumentException("Files are sent through stream sockets only.", nameof(socket));
            return RawSocket.Of(loop, socket).SendFile(file, offset, count, fallback);
        }

        /// <summary>Connects a socket (<c>sock_connect</c>).</summary>
        /// <remarks>A cancel leaves the socket to its owner, as it is: it may go on connecting until it is closed. A socket that could not
        /// be connected is of no more use, whatever its <see cref="Socket.Connected"/> says: close it.</remarks>
        /// <param name="socket">A socket that is not connected.</param>
        /// <param name="address">An address, or a <see cref="DnsEndPoint"/>, of which the first address of the socket's family is used.</param>
        /// <exception cref="SocketException">It could not be connected, or there is no such host.</exception>
        /// <exception cref="InvalidOperationException">Another operation writes to the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">In debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine SockConnect(Socket socket, EndPoint address)
        {
            ArgumentNullException.ThrowIfNull(address);
            return RawSocket.Of(loop, socket).Connect(address);
        }

        /// <summary>Accepts a connection (<c>sock_accept</c>).</summary>
        /// <remarks>A cancel loses nothing: the connection waits for the next accept.</remarks>
        /// <param name="socket">A socket that listens.</param>
        /// <returns>The connection, which does not block and is the caller's to close, and whose it is.</returns>
        /// <exception cref="SocketException">The connection could not be accepted.</exception>
        /// <exception cref="InvalidOperationException">Another operation reads from the socket, or it is a transport's.</exception>
        /// <exception cref="ArgumentException">In debug mode: the socket blocks.</exception>
        /// <exception cref="NotSupportedException">The loop's engine cannot watch descriptors.</exception>
        public Coroutine<(Socket Connection, EndPoint? Address)> SockAccept(Socket socket) => RawSocket.Of(loop, socket).Accept();
    }
}
