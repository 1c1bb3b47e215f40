// RedisLink: a connection that is there again after it was lost.
// Thread: the loop's.  Owns: the connection of the moment, and the task that makes the next one.
//   1. Connected, it watches: a silent connection is asked for a sign of life, and given up if there is none.
//   2. Lost, it tries again: at once, then with growing pauses that are not the same for all clients of a server. The pauses begin
//      anew only after a connection that has lasted: a server that takes clients in and closes on them is not besieged.
//   3. What has to be said on every new connection (subscriptions) is said before anybody else gets it.
//   4. It never repeats a command. Whoever sent one that was lost gets the exception, and knows what it meant.
namespace Tulip.Redis;

internal sealed class RedisLink(RedisOptions options, Action<RedisValue>? onPush, Func<RedisConnection, Coroutine>? onConnected = null)
{
    private const double FirstPause = 0.05;

    private readonly AsyncEvent _connected = new();
    private RedisConnection? _current;
    private AsyncTask<Unit>? _keeping;
    private Exception? _lastFailure;
    private double _pause;
    private bool _closed;

    /// <summary>How often it was connected.</summary>
    public int Connections { get; private set; }

    /// <summary>The connection, if there is one.</summary>
    public RedisConnection? Current => _current is { IsOpen: true } ? _current : null;

    /// <summary>Connects; from then on there is a connection whenever that is possible.</summary>
    /// <exception cref="RedisConnectionException">The first attempt failed: then nothing goes on.</exception>
    public async Coroutine Start()
    {
        await Connect();
        _keeping = CreateTask(Keep(), $"Redis connection to {options}");
    }

    /// <summary>Gives the connection, and waits for one if there is none.</summary>
    /// <exception cref="RedisConnectionException">There was none in time.</exception>
    /// <exception cref="ObjectDisposedException">The client is closed.</exception>
    public async Coroutine<RedisConnection> Get()
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(RedisClient));
            if (Current is { } connection)
                return connection;

            _connected.Clear();
            try
            {
                await WaitFor(_connected.Wait(), options.ConnectTimeout);
            }
            catch (TimeoutException)
            {
                throw new RedisConnectionException(
                    $"There has been no connection to Redis at {options} for {options.ConnectTimeout} s; the command was not sent.",
                    mayHaveRun: false, _lastFailure);
            }
        }
    }

    /// <summary>Ends it, and waits until nothing is left of it.</summary>
    public async Coroutine Close()
    {
        _closed = true;
        _keeping?.Cancel();
        _connected.Set();
        if (_current is not null)
            await _current.Close();
        if (_keeping is not null)
            await Wait([_keeping]);
    }

    private async Coroutine Connect()
    {
        var connection = await RedisConnection.Open(options, onPush);
        try
        {
            if (onConnected is not null)
                await Prepare(connection, onConnected);

            // Closed meanwhile: nobody would close this one.
            ObjectDisposedException.ThrowIf(_closed, typeof(RedisClient));
        }
        catch
        {
            connection.Abort();
            throw;
        }

        _current = connection;
        Connections++;
        _connected.Set();
    }

    // Nobody watches it yet: a server that says nothing now would keep it here for ever.
    private async Coroutine Prepare(RedisConnection connection, Func<RedisConnection, Coroutine> onConnected)
    {
        try
        {
            await WithTimeout(options.ConnectTimeout, _ => onConnected(connection));
        }
        catch (TimeoutException exception)
        {
            throw new RedisConnectionException(
                $"Redis at {options} has not answered within {options.ConnectTimeout} s what a new connection is told first.", mayHaveRun: false, exception);
        }
    }

    private async Coroutine Keep()
    {
        while (true)
        {
            var since = GetRunningLoop().Time;
            await Watch(_current!);
            _lastFailure = _current!.Cause;
            if (GetRunningLoop().Time - since >= options.MaxBackoff)
                _pause = 0;
            await Reconnect();
        }
    }

    /// <summary>Waits until the connection is lost, and sees to it that a dead one is.</summary>
    private async Coroutine Watch(RedisConnection connection)
    {
        while (connection.IsOpen)
        {
            var before = connection.PiecesReceived;
            if (await IsLostWithin(connection, options.KeepAlive) || !connection.IsOpen || connection.PiecesReceived != before)
                continue;

            // Nobody waits for this reply: whatever comes is a sign of life.
            _ = connection.Send("PING");
            if (!await IsLostWithin(connection, options.KeepAlive) && connection.PiecesReceived == before)
                connection.Abort(new TimeoutException($"Nothing has come for {2 * options.KeepAlive} s."));
        }
    }

    private static async Coroutine<bool> IsLostWithin(RedisConnection connection, double? seconds)
    {
        try
        {
            await WaitFor(connection.WaitLost(), seconds);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Coroutine Reconnect()
    {
        while (true)
        {
            if (_pause > 0)
                await Sleep(_pause * (0.75 + Random.Shared.NextDouble() / 2));
            _pause = Math.Min(Math.Max(FirstPause, 2 * _pause), options.MaxBackoff);
            try
            {
                await Connect();
                return;
            }
            catch (Exception exception) when (exception is RedisConnectionException or RedisException)
            {
                _lastFailure = exception;
            }
        }
    }
}
