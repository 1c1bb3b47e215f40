// TlsProtocol: TLS between a transport and a protocol, by an SslStream over memory (asyncio's SSLProtocol).
// Thread: loop thread only.  Owns: the SslStream; what reads from it is in TlsProtocol.Reading.
//   1. The SslStream's code runs within our calls and nowhere else: what it awaits completes in line, and no
//      SynchronizationContext is current meanwhile, for with one its continuations would leave for the thread pool.
//      If it leaves all the same (a user's callback that awaits), we come back to the loop before we go on.
//   2. The protocol above is told ConnectionMade after the handshake, unless it knows the connection already, and ConnectionLost
//      if it knows it, with what the handshake failed with if it did.
//   3. Closing says goodbye (close_notify) and waits for the peer's, at most the shutdown timeout.
//   4. While the protocol above reads nothing, what comes is kept up to KeptLimit; then the transport is paused.
using System.Net.Security;
using System.Net.Sockets;

namespace Tulip;

internal sealed partial class TlsProtocol : Protocol
{
    private const int KeptLimit = 256 * 1024;

    private enum Phase
    {
        Handshake,
        Open,
        Closing,
        Lost,
    }

    private readonly EventLoop _loop;
    private readonly TlsSettings _settings;
    private readonly bool _tellsConnectionMade;

    private Phase _phase;
    private Transport _raw = null!;
    private TlsPipe _pipe = null!;
    private TimerHandle? _timer;
    private bool _isKnownAbove;
    private bool _rawPaused;
    private bool _isPaused;

    /// <summary>TLS for one connection; a server's protocol factory makes one per connection.</summary>
    /// <param name="loop">The loop of the connection.</param>
    /// <param name="above">The protocol that gets what is decrypted.</param>
    /// <param name="settings">For which side, and how.</param>
    /// <param name="tellsConnectionMade">Whether <paramref name="above"/> is told of the connection: not when it knows it already.</param>
    public TlsProtocol(EventLoop loop, BaseProtocol above, TlsSettings settings, bool tellsConnectionMade = true)
    {
        _loop = loop;
        _settings = settings;
        _tellsConnectionMade = tellsConnectionMade;
        _isKnownAbove = !tellsConnectionMade;
        Above = above;
        Ready = new Future<Transport>(loop);
    }

    /// <summary>Done when the handshake is: with the transport for the protocol above, or with what went wrong.</summary>
    public Future<Transport> Ready { get; }

    public BaseProtocol Above { get; set; }

    public SslStream Ssl { get; private set; } = null!;

    public Transport Raw => _raw;

    public bool IsClosing => _phase is Phase.Closing or Phase.Lost;

    public bool IsPaused => _isPaused;

    private TlsTransport Transport { get; set; } = null!;

    /// <inheritdoc/>
    public override string ToString() => $"<TlsProtocol {_phase}{(_isPaused ? " paused" : "")} ready={Ready.Done} kept={_pipe?.Kept} above={Above}>";

    public override void ConnectionMade(Transport transport)
    {
        _raw = transport;
        _pipe = new TlsPipe(transport);
        Ssl = new SslStream(_pipe, leaveInnerStreamOpen: true);
        Transport = new TlsTransport(_loop, this);
        _timer = _loop.CallLater(_settings.HandshakeTimeout, OnHandshakeTimeout);
        Outside(static self => _ = self.Begin());
    }

    public override void DataReceived(ReadOnlySpan<byte> data) => DataLent(data.ToArray());

    internal override void DataLent(ReadOnlyMemory<byte> data)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _pipe.Feed(data);
            GoOn();
        }
        finally
        {
            _pipe.KeepRest();
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        if (!_rawPaused && _pipe.Kept > KeptLimit && _phase != Phase.Lost)
        {
            _rawPaused = true;
            _raw.PauseReading();
        }
    }

    public override bool EofReceived()
    {
        Outside(static self => self.End());

        // Who reads decides; a connection that is being closed ends here. Kept open otherwise to say goodbye.
        return !IsClosing;
    }

    public override void ConnectionLost(Exception? exception)
    {
        _phase = Phase.Lost;
        _timer?.Cancel();
        if (!Ready.Done)
            Ready.SetException(exception ?? new SocketException((int)SocketError.ConnectionReset));
        if (_isKnownAbove)
            Above.ConnectionLost(exception ?? (Ready.Cancelled ? null : Ready.Exception()));
        Outside(static self =>
        {
            self.End();
            self.Ssl.Dispose();
        });
    }

    public override void PauseWriting() => Above.PauseWriting();

    public override void ResumeWriting() => Above.ResumeWriting();

    /// <summary>Encrypts and hands to the transport.</summary>
    public void Encrypt(byte[] bytes, int count)
    {
        if (_phase == Phase.Lost)
            return;

        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Ssl.Write(bytes, 0, count);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            Fail(exception, "Fatal error: TLS could not encrypt");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    public void PauseReading() => _isPaused = true;

    public void ResumeReading()
    {
        if (!_isPaused)
            return;

        // Not in line: the caller may be in the middle of a callback for earlier bytes.
        _isPaused = false;
        _loop.CallSoon(_readOn ??= () => Outside(static self => self.ReadOn()));
    }

    /// <summary>Says goodbye and waits for the peer's.</summary>
    public void Close()
    {
        if (IsClosing)
            return;

        if (_phase == Phase.Handshake)
        {
            _raw.Abort();
            return;
        }

        _phase = Phase.Closing;
        _timer = _loop.CallLater(_settings.ShutdownTimeout, _raw.Abort);
        Outside(static self =>
        {
            self.SayGoodbye();
            self._isPaused = false;
            self.ReadOn();
        });
        ResumeRaw();
    }

    private void SayGoodbye()
    {
        try
        {
            // What it writes is in the transport's hands when it returns.
            _ = Ssl.ShutdownAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            _raw.Abort();
        }
    }

    private void Fail(Exception exception, string message)
    {
        if (exception is not (IOException or SocketException) || _loop.Debug)
            _loop.CallExceptionHandler(new LoopErrorContext(message) { Exception = exception });
        _raw.Abort();
    }

    private void OnHandshakeTimeout()
    {
        if (_phase != Phase.Handshake || Ready.Done)
            return;

        Ready.SetException(new TimeoutException(
            $"TLS handshake is taking longer than {_settings.HandshakeTimeout.TotalSeconds} seconds: aborting the connection"));
        _raw.Abort();
    }

    private void ResumeRaw()
    {
        if (!_rawPaused || _pipe.Kept > KeptLimit / 2 || _phase == Phase.Lost)
            return;

        _rawPaused = false;
        _raw.ResumeReading();
    }

    /// <summary>Runs what drives the SslStream: without a SynchronizationContext.</summary>
    private void Outside(Action<TlsProtocol> action)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action(this);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs the protocol's code: with the loop's SynchronizationContext.</summary>
    private void Inside(Action<TlsProtocol> action)
    {
        SynchronizationContext.SetSynchronizationContext(_loop.SynchronizationContext);
        try
        {
            action(this);
        }
        catch (Exception exception)
        {
            Fail(exception, "Fatal error: a protocol's callback failed.");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }
}
