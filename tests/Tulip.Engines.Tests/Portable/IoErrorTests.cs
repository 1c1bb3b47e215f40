using System.Net.Sockets;

namespace Tulip.Engines.Tests.Portable;

public sealed class IoErrorTests
{
    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, IoError.TooManyOpenFiles)]
    [InlineData(SocketError.AddressNotAvailable, IoError.AddressNotAvailable)]
    [InlineData(SocketError.AccessDenied, IoError.AccessDenied)]
    [InlineData(SocketError.NoBufferSpaceAvailable, IoError.NoBufferSpace)]
    [InlineData(SocketError.Shutdown, IoError.BrokenPipe)]
    [InlineData(SocketError.OperationAborted, IoError.Canceled)]
    [InlineData(SocketError.ConnectionReset, IoError.ConnectionReset)]
    [InlineData(SocketError.HostDown, IoError.InvalidArgument)]
    public void FromSocketError_NameOfSeveralNumbers_IsTheOneOfSocketOperations(SocketError error, int number)
        => Assert.Equal(number, IoError.FromSocketError(error));
}
