// ProxyServer: the proxy from its first client to its orderly end.
// Thread: the loop's.  Owns: the listening socket, a task for each client, the pool, and the control server if there is one.
using System.Net;
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>A proxy that accepts clients.</summary>
internal sealed class ProxyServer
{
    private readonly ProxyParts _parts;
    private readonly ClientTasks _clients = new();
    private Server? _server;
    private ControlServer? _control;

    private ProxyServer(ProxyParts parts) => _parts = parts;

    /// <summary>The port that clients connect to.</summary>
    public int Port => PortOf(_server!);

    /// <summary>The port of the control server; 0 if there is none.</summary>
    public int ControlPort => _control?.Port ?? 0;

    /// <summary>Begins to accept clients, in the running loop.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address cannot be bound.</exception>
    public static async Coroutine<ProxyServer> Start(ProxyParts parts)
    {
        var proxy = new ProxyServer(parts);
        var options = parts.Options;
        parts.Log.Info("Starting the Chaos TCP Server");
        proxy._server = await StartServer(
            (reader, writer) => proxy._clients.Run(proxy.Serve(reader, writer)), options.Proxy.Host, options.Proxy.Port, options: new ServerOptions { Backlog = options.Backlog });
        try
        {
            if (options.Control is { } address)
                proxy._control = await ControlServer.Start(address, parts);
        }
        catch
        {
            proxy._server.Close();
            throw;
        }

        proxy.LogOptions();
        return proxy;
    }

    /// <summary>Accepts no more clients, ends those that there are, and waits until they have gone.</summary>
    public async Coroutine Stop()
    {
        if (_control is not null)
            await _control.Stop();
        await _clients.End(_server!);
        _parts.Pool.CloseIdle();
    }

    internal static int PortOf(Server server) => ((IPEndPoint)server.LocalEndPoints[0]).Port;

    private async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        var statistics = _parts.Statistics;
        statistics.Opened();
        var client = new ClientConnection(reader, writer, statistics.Connections);
        try
        {
            await (_parts.Options.Protocol is ProxyProtocol.Http ? new HttpSession(_parts, client).Run() : new TcpSession(_parts, client).Run());
        }
        catch (RelayException exception)
        {
            statistics.BackendFailures++;
            _parts.Log.Warning($"client {client.Number}: {exception.Message}");
        }
        catch (Exception exception) when (Trouble.IsOfConnection(exception))
        {
            statistics.ClientsGone++;
            _parts.Log.Debug($"client {client.Number}: {exception.Message}");
        }
        finally
        {
            statistics.Closed();
            writer.Close();
        }
    }

    private void LogOptions()
    {
        var (log, options) = (_parts.Log, _parts.Options);
        log.Info("Options:");
        log.Info($"* proxies from {options.Proxy with { Port = Port }} to {options.Backend}");
        log.Info($"* timeout: {options.Timeout:0.###}");
        log.Info($"* stay_connected: {(options.StayConnected ? 1 : 0)}");
        log.Info($"* pool_max_size: {options.PoolMaxSize}");
        log.Info($"* pool_timeout: {options.PoolTimeout:0.###}");
        log.Info("* async_mode: 1");
        log.Info($"* behavior: {_parts.Chaos.Mix}");
        log.Info($"* seed: {options.Seed?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "another each time"}");
        if (options.Control is { } control)
            log.Info($"* control: http://{control with { Port = ControlPort }}/behavior");
    }
}
