using System.Net;
using System.Text;
using Tulip;
using static Tulip.Aio;

namespace Evolution;

/// <summary>
/// A server in a thread of its own, on a loop of its own, that takes its time for each page: a fixed delay, or until as
/// many requests have come as are to be answered together. Made and disposed by any thread.
/// </summary>
internal sealed class PageServer : IDisposable
{
    private readonly double _delay;
    private readonly int _together;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closed = new();
    private readonly Thread _thread;
    private readonly AsyncEvent _allHere = new();
    private int _waiting;
    private int _mostWaiting;
    private int _served;

    /// <param name="delay">How long each page takes, in seconds.</param>
    /// <param name="together">No request is answered before this many have come.</param>
    public PageServer(double delay, int together = 1)
    {
        _delay = delay;
        _together = together;
        _thread = new Thread(Run) { Name = "PageServer", IsBackground = true };
        _thread.Start();
        EndPoint = _listening.Task.GetAwaiter().GetResult();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The most requests that ever waited for their page at the same time.</summary>
    public int MostWaiting => Volatile.Read(ref _mostWaiting);

    /// <summary>How many pages were sent.</summary>
    public int Served => Volatile.Read(ref _served);

    public void Dispose()
    {
        _closed.Cancel();
        _thread.Join();
        _closed.Dispose();
    }

    private void Run() => Aio.Run(Serve());

    private async Coroutine Serve()
    {
        try
        {
            await using var server = await StartServer(Answer, IPAddress.Loopback.ToString(), 0);
            _listening.SetResult((IPEndPoint)server.LocalEndPoints[0]);
            var closed = new TaskCompletionSource();
            using var registration = _closed.Token.Register(closed.SetResult);
            await WrapFuture(closed.Task);
        }
        catch (Exception failure) when (_listening.TrySetException(failure))
        {
            // Whoever makes the server hears of it.
        }
    }

    private async Coroutine Answer(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        await using (writer)
        {
            try
            {
                var request = Encoding.ASCII.GetString(await reader.ReadUntil("\r\n\r\n"u8.ToArray()));
                await Wait();
                writer.Write(PageRequest.Response(request.Split(' ', '/')[2]));
                await writer.Drain();
                _served++;
            }
            catch (Exception exception) when (exception is IOException or IncompleteReadException or System.Net.Sockets.SocketException)
            {
                // The client is gone; its page is nobody's.
            }
        }
    }

    private async Coroutine Wait()
    {
        _waiting++;
        _mostWaiting = Math.Max(_mostWaiting, _waiting);
        try
        {
            if (_waiting >= _together)
                _allHere.Set();
            await _allHere.Wait();
            await Sleep(_delay);
        }
        finally
        {
            _waiting--;
        }
    }
}
