using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tulip.AspNetCore;

/// <summary>What Kestrel asks for a listener.</summary>
internal sealed class TulipTransportFactory(ServerLoops loops, IOptions<TulipTransportOptions> options, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ILogger _logger = loggers.CreateLogger("Tulip.AspNetCore.Transport");

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new TulipListener(Bind(endpoint), options.Value, _logger);
        try
        {
            await listener.Start(loops.Start()).ConfigureAwait(false);
            return listener;
        }
        catch
        {
            await listener.UnbindAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private Socket Bind(EndPoint endpoint)
    {
        try
        {
            return options.Value.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // The exception that Kestrel knows.
            throw new AddressInUseException(exception.Message, exception);
        }
    }
}
