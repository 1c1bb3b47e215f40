using System.Net.Sockets;

namespace Evolution;

/// <summary>
/// The heart of every event loop: wait until one of many sockets can go on, and call whoever waits for it. The system's
/// <c>select</c> or <c>poll</c> does the waiting. One thread.
/// </summary>
internal sealed class Selector
{
    private readonly Dictionary<Socket, Action> _writers = [];
    private readonly Dictionary<Socket, Action> _readers = [];

    public void WhenWritable(Socket socket, Action callback) => _writers[socket] = callback;

    public void WhenReadable(Socket socket, Action callback) => _readers[socket] = callback;

    public void Forget(Socket socket)
    {
        _writers.Remove(socket);
        _readers.Remove(socket);
    }

    /// <summary>The loop: calls back until nobody waits for anything.</summary>
    public void Run()
    {
        while (_writers.Count + _readers.Count > 0)
        {
            List<Socket> readable = [.. _readers.Keys], writable = [.. _writers.Keys], failed = [.. _writers.Keys];
            Socket.Select(readable, writable, failed, Timeout.InfiniteTimeSpan);

            // A connection that was refused is told as a failure: its callback finds out by asking the socket.
            foreach (var socket in writable.Union(failed))
                Call(_writers, socket);
            foreach (var socket in readable)
                Call(_readers, socket);
        }
    }

    private static void Call(Dictionary<Socket, Action> waiting, Socket socket)
    {
        if (waiting.TryGetValue(socket, out var callback))
            callback();
    }
}
