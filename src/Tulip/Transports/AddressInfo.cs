using System.Net;
using System.Net.Sockets;

namespace Tulip;

/// <summary>One answer of <c>GetAddrInfo</c>: how to reach a host (a tuple of <c>socket.getaddrinfo</c>).</summary>
/// <param name="Family">The address family.</param>
/// <param name="Type">The kind of socket.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Address">The address and port.</param>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record AddressInfo(AddressFamily Family, SocketType Type, ProtocolType Protocol, IPEndPoint Address);
