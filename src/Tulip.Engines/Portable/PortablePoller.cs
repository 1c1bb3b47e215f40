// PortablePoller: tells when sockets are ready, by Socket.Select on a thread of its own that starts with the first poll.
// Threads: the engine's for Add, Remove and Dispose; its own for the rest.
//   1. An operation that was added arrives exactly once: ready, failed, or removed.
//   2. No socket is closed while the poller has it: .NET would break its connection to end the select.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Portable;

internal sealed class PortablePoller : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<PortableOperation> _added = [];
    private readonly HashSet<PortableOperation> _removed = [];
    private readonly List<PortableOperation> _polled = [];
    private Socket? _bell;
    private Thread? _thread;
    private bool _stopped;

    /// <summary>Has the operation arrive when its socket is ready in its direction.</summary>
    public void Add(PortableOperation operation)
    {
        if (_thread is null)
            Start();
        lock (_gate)
            _added.Add(operation);
        Ring();
    }

    /// <summary>Has the operation arrive at once, as cancelled, unless it is ready already.</summary>
    public void Remove(PortableOperation operation)
    {
        lock (_gate)
            _removed.Add(operation);
        Ring();
    }

    /// <summary>Stops the thread; what it has is dropped.</summary>
    public void Dispose()
    {
        if (_thread is null || _stopped)
            return;

        lock (_gate)
            _stopped = true;
        Ring();
        _thread.Join();
        _bell!.Dispose();
    }

    private void Start()
    {
        // A datagram to itself ends the select.
        _bell = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _bell.Connect(_bell.LocalEndPoint!);
        _bell.Blocking = false;
        _thread = new Thread(Run) { IsBackground = true, Name = "Tulip portable poller" };
        _thread.Start();
    }

    // A bell with no room left rings anyway.
    private void Ring() => _bell!.Send([1], SocketFlags.None, out _);

    private void Run()
    {
        var reading = new List<Socket>();
        var writing = new List<Socket>();
        Span<byte> rings = stackalloc byte[16];
        while (Exchange())
        {
            reading.Clear();
            writing.Clear();
            reading.Add(_bell!);
            foreach (var operation in _polled)
                (operation.IsWriting ? writing : reading).Add(operation.Owner.Socket);

            var error = Select(reading, writing);
            if (error == 0 && reading.Remove(_bell!))
                _bell!.Receive(rings, SocketFlags.None, out _);
            Deliver(reading, writing, error);
        }
    }

    private static int Select(List<Socket> reading, List<Socket> writing)
    {
        try
        {
            Socket.Select(reading, writing, null, -1);
            return 0;
        }
        catch (Exception exception) when (PortableOperation.ToError(exception, AddressFamily.Unspecified) is var error and not 0)
        {
            return error;
        }
    }

    private void Deliver(List<Socket> reading, List<Socket> writing, int error)
    {
        for (var i = _polled.Count - 1; i >= 0; i--)
        {
            var operation = _polled[i];
            if (error == 0 && !(operation.IsWriting ? writing : reading).Contains(operation.Owner.Socket))
                continue;

            _polled.RemoveAt(i);
            operation.PollResult = error;
            operation.Arrive();
        }
    }

    private bool Exchange()
    {
        lock (_gate)
        {
            _polled.AddRange(_added);
            _added.Clear();
            for (var i = _polled.Count - 1; i >= 0 && _removed.Count > 0; i--)
            {
                if (!_removed.Contains(_polled[i]))
                    continue;

                _polled[i].PollResult = -IoError.Canceled;
                _polled[i].Arrive();
                _polled.RemoveAt(i);
            }

            _removed.Clear();
            return !_stopped;
        }
    }
}
