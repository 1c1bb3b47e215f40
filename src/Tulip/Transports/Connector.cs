// Connector: from a host's name, or a path, to a connected socket.
// Thread: the loop's.  Owns: the sockets that are being connected, until one is handed over.
//   1. Whatever ends an attempt but its success closes its socket: a failure, a cancel, another attempt that won.
//   2. A success that comes together with a cancel is undone.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal sealed class Connector(LoopTransports shared, ConnectionOptions options)
{
    private readonly List<Exception> _failures = [];

    /// <summary>Connects to a host: to its addresses one after the other, or staggered, whichever is there first.</summary>
    public async Coroutine<(IoHandle Handle, EndPoint Address)> Connect(string host, int port)
    {
        var addresses = await Resolver.Resolve(shared.Loop, host, port, options.Family);
        IReadOnlyList<AddressInfo>? locals = null;
        if (options.LocalAddress is { } local)
            locals = await Resolver.Resolve(shared.Loop, local.Host, local.Port, options.Family);

        var lead = options.Interleave ?? (options.HappyEyeballsDelay is null ? 0 : 1);
        if (lead > 0)
            addresses = Resolver.Interleave(addresses, lead);

        var connected = options.HappyEyeballsDelay is { } delay && addresses.Count > 1
            ? await new StaggeredRace(shared, _failures).Run([.. addresses.Select(address => (Func<Coroutine<Attempt>>)(() => Try(address, locals)))], delay)
            : await TryEach(addresses, locals);
        return connected is { } attempt ? (attempt.Handle, attempt.Address) : throw MakeFailure();
    }

    /// <summary>Connects one socket.</summary>
    public static async Coroutine<IoHandle> ConnectTo(
        LoopTransports shared, EndPoint address, ProtocolType protocol, Action<IoHandle>? prepare = null)
    {
        var engine = shared.Engine;
        var handle = engine.Sockets.Open(address.AddressFamily, SocketType.Stream, protocol);
        try
        {
            prepare?.Invoke(handle);
        }
        catch
        {
            engine.Close(handle);
            throw;
        }

        return await ConnectTo(shared, handle, address);
    }

    /// <summary>Connects a socket that is there; closes it if that fails.</summary>
    public static async Coroutine<IoHandle> ConnectTo(LoopTransports shared, IoHandle handle, EndPoint address)
    {
        try
        {
            var operation = new IoOperation(shared.Loop);
            var request = new IoRequest { Opcode = IoOpcode.Connect, Handle = handle, Address = address, State = operation };
            var token = shared.Engine.Submit(request, out var result);
            if (!token.IsNone)
                result = await operation;
            return result >= 0
                ? handle
                : throw new SocketException((int)IoError.ToSocketError(-result), $"Connect call failed: {address}: {IoError.ToException(result).Message}");
        }
        catch
        {
            shared.Engine.Close(handle);
            throw;
        }
    }

    private async Coroutine<Attempt?> TryEach(IReadOnlyList<AddressInfo> addresses, IReadOnlyList<AddressInfo>? locals)
    {
        foreach (var address in addresses)
        {
            try
            {
                return await Try(address, locals);
            }
            catch (SocketException exception)
            {
                _failures.Add(exception);
            }
        }

        return null;
    }

    private async Coroutine<Attempt> Try(AddressInfo address, IReadOnlyList<AddressInfo>? locals)
    {
        var handle = await ConnectTo(shared, address.Address, address.Protocol, handle =>
        {
            shared.Engine.Sockets.SetOption(handle, IoSocketOption.NoDelay, 1);
            if (locals is not null)
                BindLocal(handle, address.Family, locals);
        });
        return new Attempt(handle, address.Address);
    }

    private void BindLocal(IoHandle handle, AddressFamily family, IReadOnlyList<AddressInfo> locals)
    {
        SocketException? last = null;
        foreach (var local in locals.Where(local => local.Family == family))
        {
            try
            {
                shared.Engine.Sockets.Bind(handle, local.Address);
                return;
            }
            catch (SocketException exception)
            {
                if (last is not null)
                    _failures.Add(last);
                last = new SocketException((int)exception.SocketErrorCode, $"Error while attempting to bind on address {local.Address}: {exception.Message}");
            }
        }

        throw last ?? new SocketException((int)SocketError.AddressNotAvailable, $"No matching local address with family {family} found.");
    }

    // One failure is thrown as it is, and so are several that say the same.
    private Exception MakeFailure()
    {
        if (options.AllErrors)
            return new AggregateException("CreateConnection failed", _failures);
        if (_failures.TrueForAll(failure => failure.Message == _failures[0].Message))
            return _failures[0];

        var code = (_failures[0] as SocketException)?.SocketErrorCode ?? SocketError.SocketError;
        return new SocketException((int)code, $"Multiple exceptions: {string.Join(", ", _failures.Select(static failure => failure.Message))}");
    }
}

/// <summary>A socket that was connected, and to what.</summary>
internal sealed record Attempt(IoHandle Handle, EndPoint Address);
