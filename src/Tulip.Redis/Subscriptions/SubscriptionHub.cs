// SubscriptionHub: all subscriptions of a client, over one connection of their own.
// Thread: the loop's.  Owns: the link, and who wants which channel.
//   1. Its connection is another than the commands': RESP2 allows no commands on it, and a flood of messages delays no reply.
//   2. _wanted is what should be. To subscribe twice is harmless, so nobody keeps track of what the server already knows: who
//      subscribes sends the command, and a new connection is told of everything before it counts as connected.
//   3. A channel is left when the last that wanted it has gone.
namespace Tulip.Redis;

/// <summary>A channel, or a pattern for channels.</summary>
internal readonly record struct Topic(string Name, bool IsPattern)
{
    public RedisArgument[] Subscribe => [IsPattern ? "PSUBSCRIBE" : "SUBSCRIBE", Name];

    public RedisArgument[] Unsubscribe => [IsPattern ? "PUNSUBSCRIBE" : "UNSUBSCRIBE", Name];
}

internal sealed class SubscriptionHub
{
    private readonly Dictionary<Topic, List<RedisSubscription>> _wanted = [];
    private readonly AsyncLock _starting = new();
    private readonly RedisLink _link;
    private bool _started;
    private bool _closed;

    public SubscriptionHub(RedisOptions options) => _link = new RedisLink(options, Deliver, SubscribeAgain);

    public Coroutine<RedisSubscription> Subscribe(SubscriptionOptions options, string[] names, bool isPattern)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfZero(names.Length);
        var topics = Array.ConvertAll(names, name => new Topic(name ?? throw new ArgumentNullException(nameof(names)), isPattern));
        return Run(new RedisSubscription(this, options, topics));
    }

    public void Remove(RedisSubscription subscription)
    {
        foreach (var topic in subscription.Topics)
        {
            if (!_wanted.TryGetValue(topic, out var readers) || !readers.Remove(subscription) || readers.Count > 0)
                continue;

            _wanted.Remove(topic);
            if (_link.Current is { } connection)
                _ = connection.Send(topic.Unsubscribe);
        }
    }

    public async Coroutine Close()
    {
        _closed = true;
        foreach (var subscription in _wanted.Values.SelectMany(static readers => readers).ToArray())
            subscription.End();
        await _link.Close();
    }

    private async Coroutine<RedisSubscription> Run(RedisSubscription subscription)
    {
        await Start();
        foreach (var topic in subscription.Topics.Distinct())
        {
            if (!_wanted.TryGetValue(topic, out var readers))
                _wanted.Add(topic, readers = []);
            readers.Add(subscription);
        }

        try
        {
            await Confirm(subscription);
            subscription.IsConfirmed = true;
            return subscription;
        }
        catch
        {
            subscription.End();
            throw;
        }
    }

    private async Coroutine Start()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(RedisClient));
        using (await _starting.Acquire())
        {
            if (!_started)
                await _link.Start();
            _started = true;
        }
    }

    private async Coroutine Confirm(RedisSubscription subscription)
    {
        while (true)
        {
            var connection = await _link.Get();
            try
            {
                await Tell(connection, subscription.Topics);
                return;
            }
            catch (RedisConnectionException lost) when (lost.MayHaveRun)
            {
                // Once more, on the next connection.
            }
        }
    }

    /// <summary>A new connection is told what is wanted; what the server refuses now ends only whom it concerns.</summary>
    private async Coroutine SubscribeAgain(RedisConnection connection)
    {
        connection.HasSubscriptions = true;
        var topics = _wanted.Keys.ToArray();
        var replies = connection.SendTogether(topics.Select(static topic => topic.Subscribe));
        foreach (var (topic, reply) in topics.Zip(replies))
        {
            try
            {
                (await reply).OrThrow();
            }
            catch (RedisException refusal)
            {
                foreach (var reader in _wanted.GetValueOrDefault(topic)?.ToArray() ?? [])
                    reader.End(refusal);
            }
        }

        // Whoever left meanwhile had no connection to say it on.
        foreach (var topic in topics.Where(topic => !_wanted.ContainsKey(topic)))
            _ = connection.Send(topic.Unsubscribe);
        foreach (var subscription in _wanted.Values.SelectMany(static readers => readers).Distinct())
            subscription.Interruptions += subscription.IsConfirmed ? 1 : 0;
    }

    private static async Coroutine Tell(RedisConnection connection, IReadOnlyList<Topic> topics)
    {
        // All leave together; then the replies are looked at.
        foreach (var reply in connection.SendTogether(topics.Select(static topic => topic.Subscribe)))
            (await reply).OrThrow();
    }

    /// <summary><c>message</c> channel payload, or <c>pmessage</c> pattern channel payload.</summary>
    private void Deliver(RedisValue push)
    {
        var items = push.AsItems();
        var isPattern = push.BeginsWith("pmessage"u8);
        if (items.Count != (isPattern ? 4 : 3) || !(isPattern || push.BeginsWith("message"u8)))
            return;

        var name = items[1].AsString()!;
        if (!_wanted.TryGetValue(new Topic(name, isPattern), out var readers))
            return;

        var message = isPattern
            ? new RedisMessage(items[2].AsString()!, items[3].AsBytes(), name)
            : new RedisMessage(name, items[2].AsBytes());

        // From the end: one that is full may take itself out of the list.
        for (var i = readers.Count - 1; i >= 0; i--)
            readers[i].Add(message);
    }
}
