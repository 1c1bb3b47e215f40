// BackendPool: the connections to the backend, in use and idle.
// Thread: the loop's.  Owns: the idle connections; one in use is its taker's until Return.
//   1. In use there are never more than the maximum, and no more are kept idle.
//   2. An idle connection that has ended is closed, and not lent again; nor is one over which something has come that nobody
//      asked for: it would be the next client's answer.
using System.Net.Sockets;
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>A connection to the backend.</summary>
/// <param name="Reader">What the backend sends.</param>
/// <param name="Writer">What is sent to it.</param>
/// <param name="WasUsed">Whether it has served another request: then the backend may be closing it already.</param>
internal sealed record BackendConnection(AsyncStreamReader Reader, AsyncStreamWriter Writer, bool WasUsed);

/// <summary>What a client asked for could not be done.</summary>
/// <param name="status">What a client of HTTP is told.</param>
/// <param name="message">What was the matter.</param>
internal sealed class RelayException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>Lends connections to the backend, a limited number at a time.</summary>
internal sealed class BackendPool(ProxyOptions options)
{
    private readonly AsyncSemaphore _free = new(options.PoolMaxSize);
    private readonly Stack<BackendConnection> _idle = new();

    /// <summary>Waits for a connection; give it back with <see cref="Return"/>.</summary>
    /// <param name="mustBeNew">Whether one that was used will not do.</param>
    /// <exception cref="RelayException">There is none.</exception>
    public async Coroutine<BackendConnection> Take(bool mustBeNew = false)
    {
        try
        {
            await WithTimeout(options.PoolTimeout, async Coroutine (_) => { await _free.Acquire(); });
        }
        catch (TimeoutException)
        {
            throw new RelayException(503, $"all {options.PoolMaxSize} connections to the backend were in use for {options.PoolTimeout} s");
        }

        try
        {
            return (mustBeNew ? null : await TakeIdle()) ?? await Connect();
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    /// <summary>Gives a connection back.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="isReusable">Whether it stands between two requests; if not, it is closed.</param>
    public void Return(BackendConnection connection, bool isReusable)
    {
        if (isReusable && IsIdle(connection) && _idle.Count < options.PoolMaxSize)
            _idle.Push(connection with { WasUsed = true });
        else
            connection.Writer.Close();
        _free.Release();
    }

    public void CloseIdle()
    {
        while (_idle.TryPop(out var connection))
            connection.Writer.Close();
    }

    private async Coroutine<BackendConnection?> TakeIdle()
    {
        while (_idle.TryPop(out var connection))
        {
            if (IsIdle(connection) && await IsSilent(connection))
                return connection;
            connection.Writer.Close();
        }

        return null;
    }

    private static async Coroutine<bool> IsSilent(BackendConnection connection)
    {
        var isSilent = true;
        try
        {
            // What is there is read at once; what is not there is not waited for.
            await MoveOnAfter(0, async _ =>
            {
                await connection.Reader.ReadLent();
                isSilent = false;
            });
            return isSilent;
        }
        catch
        {
            connection.Writer.Close();
            throw;
        }
    }

    private static bool IsIdle(BackendConnection connection) =>
        !connection.Writer.IsClosing && !connection.Reader.AtEof && connection.Reader.Exception() is null;

    private async Coroutine<BackendConnection> Connect()
    {
        var (host, port) = options.Backend;
        try
        {
            var (reader, writer) = await WithTimeout(options.Timeout, _ => OpenConnection(host, port));
            return new BackendConnection(reader, writer, WasUsed: false);
        }
        catch (TimeoutException)
        {
            throw new RelayException(504, $"{options.Backend} did not accept a connection for {options.Timeout} s");
        }
        catch (SocketException exception)
        {
            throw new RelayException(502, $"{options.Backend} cannot be reached: {exception.Message}");
        }
    }
}
