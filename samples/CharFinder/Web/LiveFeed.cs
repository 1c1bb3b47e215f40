// LiveFeed: tells everybody who watches what is searched for.
// Thread: the loop's.
//   1. A message is written once and lent to all watchers; nobody changes it.
//   2. Each watcher has a queue and a task that empties it into the connection. A watcher whose queue is full has not read for
//      QueueLength messages: it is dropped, and nobody waits for it.
//   3. Publish never suspends: a search costs those who search no more than a place in each queue.
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>Pushes searches to all who watch.</summary>
internal sealed class LiveFeed
{
    /// <summary>How many messages a watcher may be behind. It also has what the connection's buffers hold.</summary>
    public const int QueueLength = 256;

    /// <summary>How many of the last searches a new watcher is told.</summary>
    public const int RememberedSearches = 50;

    private readonly HashSet<Watcher> _watchers = [];
    private readonly Queue<byte[]> _remembered = new();
    private long _number;

    /// <summary>How many watch.</summary>
    public int WatcherCount => _watchers.Count;

    /// <summary>How many were dropped because they did not read.</summary>
    public int DroppedCount { get; private set; }

    /// <summary>Tells all watchers of a search.</summary>
    /// <param name="reader">The number of who searches.</param>
    /// <param name="query">What for.</param>
    /// <param name="count">How much was found.</param>
    public void Publish(long reader, string query, int count)
    {
        var message = Write(++_number, reader, query, count);
        _remembered.Enqueue(message);
        if (_remembered.Count > RememberedSearches)
            _remembered.Dequeue();

        List<Watcher>? late = null;
        foreach (var watcher in _watchers)
        {
            if (!watcher.Messages.Full)
                watcher.Messages.PutNoWait(message);
            else
                (late ??= []).Add(watcher);
        }

        foreach (var watcher in late ?? [])
            Drop(watcher);
    }

    /// <summary>Tells a connection of the last searches, and then of each that is made, until it goes away or is dropped.</summary>
    public async Coroutine Watch(TextSocket socket)
    {
        var watcher = new Watcher(socket);
        foreach (var message in _remembered)
            watcher.Messages.PutNoWait(message);

        _watchers.Add(watcher);
        try
        {
            await TaskGroup.Run(async group =>
            {
                var sending = group.CreateTask(Send(watcher), "send searches");

                // Watchers have nothing to say but that they go.
                while (await socket.Receive() is not null)
                {
                }

                sending.Cancel();
            });
        }
        finally
        {
            _watchers.Remove(watcher);
        }
    }

    private static async Coroutine Send(Watcher watcher)
    {
        try
        {
            while (true)
                await watcher.Socket.Send(await watcher.Messages.Get());
        }
        catch (Exception exception) when (TextSocket.IsGone(exception))
        {
            // The reader sees it too, and ends the session.
        }
    }

    private static byte[] Write(long number, long reader, string query, int count)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, FoundJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("number"u8, number);
            json.WriteString("at"u8, DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
            json.WriteNumber("reader"u8, reader);
            json.WriteString("query"u8, query);
            json.WriteNumber("count"u8, count);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Drop(Watcher watcher)
    {
        DroppedCount++;
        _watchers.Remove(watcher);
        watcher.Socket.Abort();
    }

    private sealed class Watcher(TextSocket socket)
    {
        public TextSocket Socket => socket;

        public AsyncQueue<byte[]> Messages { get; } = new(QueueLength);
    }
}
