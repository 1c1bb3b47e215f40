// TcpSession: a client and the backend, and what passes between them in pieces.
// Thread: the loop's.  Owns: a connection to the backend, from Run's begin to its end.
//   1. Each direction is a task that reads a piece, decides, and writes it before it reads the next: a slow reader holds
//      back its sender, and nobody else.
//   2. The end of one direction is passed on, and the other goes on; a connection that breaks ends both.
//   3. Once it hangs, everything is read and nothing is written, until the client has gone.
using System.Buffers;
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>Serves a client of <c>--protocol tcp</c>.</summary>
internal sealed class TcpSession(ProxyParts parts, ClientConnection client)
{
    private const int RandomLength = 1000;
    private const int InjectedLength = 100;

    private readonly IdleLimit _idle = new(parts.IdleSeconds);
    private int _openDirections = 2;
    private bool _hangs;

    /// <summary>Serves until both directions have ended, or one has broken.</summary>
    /// <exception cref="RelayException">There is no backend.</exception>
    public async Coroutine Run()
    {
        var backend = await parts.Pool.Take(mustBeNew: true);
        try
        {
            await _idle.Run(() => TaskGroup.Run(async group =>
            {
                group.StartSoon(Relay(group, client.Reader, backend.Writer, toBackend: true));
                group.StartSoon(Relay(group, backend.Reader, client.Writer, toBackend: false));
                await Sleep(0);
            }));
        }
        catch (TimeoutException)
        {
            // Who does not read for so long would not read the end either.
            client.Writer.Transport.Abort();
            backend.Writer.Transport.Abort();
        }
        finally
        {
            parts.Pool.Return(backend, isReusable: false);
        }
    }

    private async Coroutine Relay(TaskGroup group, AsyncStreamReader source, AsyncStreamWriter destination, bool toBackend)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(parts.Options.BufferSize);
        try
        {
            if (!await RelayPieces(source, destination, buffer.AsMemory(0, parts.Options.BufferSize), toBackend) || --_openDirections == 0)
                group.Cancel();
        }
        catch (Exception exception) when (Trouble.IsOfConnection(exception))
        {
            if (client.IsGone)
                parts.Statistics.ClientsGone++;
            else
                parts.Statistics.BackendFailures++;
            parts.Log.Debug($"client {client.Number}: {exception.Message}");
            group.Cancel();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Until the source's end. False if the whole connection is over.</summary>
    private async Coroutine<bool> RelayPieces(AsyncStreamReader source, AsyncStreamWriter destination, Memory<byte> buffer, bool toBackend)
    {
        for (var number = 1L; await source.ReadInto(buffer) is > 0 and var count; number++)
        {
            _idle.Touch();
            if (_hangs)
                continue;

            var verdict = parts.Decide($"{client.Number}{(toBackend ? '>' : '<')}{number}");
            if (!await Treat(verdict, buffer[..count], destination, toBackend))
                return false;
        }

        if (_hangs)
            return !toBackend;
        destination.WriteEof();
        return true;
    }

    /// <summary>False if the whole connection is over.</summary>
    private async Coroutine<bool> Treat(Verdict verdict, ReadOnlyMemory<byte> piece, AsyncStreamWriter destination, bool toBackend)
    {
        switch (verdict.Act)
        {
            case Act.CloseClient:
                return false;
            case Act.BreakOff:
                if (toBackend)
                    Write(destination, piece.Span[..((piece.Length + 1) / 2)], toBackend);
                return false;
            case Act.Hang:
                _hangs = true;
                _idle.Lift();
                return true;
            case Act.Wait when verdict.Options.DelayBefore == toBackend:
                _idle.Touch(verdict.Options.DelaySleep);
                await Sleep(verdict.Options.DelaySleep);
                break;
        }

        // Another piece, in the other direction, may have made it hang meanwhile.
        if (_hangs)
            return true;

        if (verdict.Act is Act.Fail && !toBackend)
        {
            Write(destination, verdict.Draw.Bytes(RandomLength), toBackend);
        }
        else if (verdict.Act is Act.Inject && !toBackend)
        {
            Write(destination, piece.Span[..(piece.Length / 2)], toBackend);
            Write(destination, verdict.Draw.Bytes(InjectedLength), toBackend);
            Write(destination, piece.Span[(piece.Length / 2)..], toBackend);
        }
        else
        {
            Write(destination, piece.Span, toBackend);
        }

        await destination.Drain();
        _idle.Touch();
        return true;
    }

    private void Write(AsyncStreamWriter destination, ReadOnlySpan<byte> bytes, bool toBackend)
    {
        if (toBackend)
            parts.Statistics.BytesToBackend += bytes.Length;
        else
            parts.Statistics.BytesToClients += bytes.Length;
        destination.Write(bytes);
    }
}
