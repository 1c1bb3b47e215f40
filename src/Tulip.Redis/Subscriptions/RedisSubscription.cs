using System.Runtime.ExceptionServices;

namespace Tulip.Redis;

/// <summary>Messages of the channels that were subscribed to, in the order in which they came.</summary>
/// <remarks>
/// <code>await using var news = await redis.Subscribe("news");
/// await foreach (var message in news)
///     Console.WriteLine(message.Text);</code>
/// After a lost connection it is subscribed again. What was published in between is lost, as Redis keeps none of it:
/// <see cref="Interruptions"/> tells that it happened.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class RedisSubscription : IAsyncDisposable
{
    private readonly AsyncQueue<RedisMessage> _messages = new();
    private readonly SubscriptionHub _hub;
    private readonly SubscriptionOptions _options;
    private ExceptionDispatchInfo? _failure;
    private bool _ended;

    internal RedisSubscription(SubscriptionHub hub, SubscriptionOptions options, IReadOnlyList<Topic> topics)
    {
        _hub = hub;
        _options = options;
        Topics = topics;
    }

    /// <summary>How many messages wait to be read.</summary>
    public int Waiting => _messages.QSize;

    /// <summary>How many messages were dropped because the reader was too slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>How often the connection was lost and made again: each time, messages may have been missed.</summary>
    public int Interruptions { get; internal set; }

    internal IReadOnlyList<Topic> Topics { get; }

    /// <summary>The server has confirmed it: from now on a lost connection is an interruption.</summary>
    internal bool IsConfirmed { get; set; }

    /// <summary>Reads the next message, waiting for it. Cancelling it loses none.</summary>
    /// <returns>The message; null at the end, after <see cref="DisposeAsync"/> or the client's.</returns>
    /// <exception cref="RedisOverflowException">The reader was too slow, and <see cref="WhenFull.End"/> was asked for.</exception>
    /// <exception cref="RedisException">The server refused a channel when it was to be subscribed to again.</exception>
    public async Coroutine<RedisMessage?> Receive()
    {
        try
        {
            return await _messages.Get();
        }
        catch (QueueShutDownException)
        {
            _failure?.Throw();
            return null;
        }
    }

    /// <summary>For <c>await foreach</c>: until the end of the subscription.</summary>
    public MessageEnumerator GetAsyncEnumerator() => new(this);

    /// <summary>Ends the subscription; who reads gets what waits, and then the end.</summary>
    public async Coroutine DisposeAsync()
    {
        End();
        await Sleep(0);
    }

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        End();
        return default;
    }

    internal void Add(RedisMessage message)
    {
        if (_messages.QSize < _options.Capacity)
        {
            _messages.PutNoWait(message);
            return;
        }

        switch (_options.WhenFull)
        {
            case WhenFull.End:
                End(new RedisOverflowException(_options.Capacity));
                return;
            case WhenFull.DropOldest:
                _messages.GetNoWait();
                _messages.PutNoWait(message);
                break;
        }

        Dropped++;
    }

    internal void End(Exception? failure = null)
    {
        if (_ended)
            return;

        _ended = true;
        if (failure is not null)
            _failure = ExceptionDispatchInfo.Capture(failure);
        _messages.Shutdown();
        _hub.Remove(this);
    }

    /// <summary>Reads messages until the end.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public sealed class MessageEnumerator
    {
        private readonly RedisSubscription _subscription;

        internal MessageEnumerator(RedisSubscription subscription) => _subscription = subscription;

        /// <summary>The message read last.</summary>
        public RedisMessage Current { get; private set; } = null!;

        /// <summary>Reads the next message; false at the end.</summary>
        /// <exception cref="RedisOverflowException">The reader was too slow, and <see cref="WhenFull.End"/> was asked for.</exception>
        /// <exception cref="RedisException">The server refused a channel when it was to be subscribed to again.</exception>
        public async Coroutine<bool> MoveNextAsync()
        {
            if (await _subscription.Receive() is not { } message)
                return false;

            Current = message;
            return true;
        }
    }
}
