// HttpSession: a client's requests, one after the other.
// Thread: the loop's.
//   1. A request is read when the one before it has been answered: pipelined ones wait in the reader, which holds the client back.
//   2. What is decided for a request is for it alone; what is decided later does not change it.
//   3. A connection that ends with an answer is closed only when the client has read it, or has had time to.
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>Serves a client of <c>--protocol http</c>.</summary>
internal sealed class HttpSession(ProxyParts parts, ClientConnection client)
{
    private const double LingerSeconds = 2;

    private readonly HttpPipe _requests = new(client.Reader, parts.Options.BufferSize);

    /// <summary>Serves until the client, a behaviour or an error ends the connection.</summary>
    public async Coroutine Run()
    {
        try
        {
            while (await NextRequest() is { } request)
            {
                if (!await Answer(request, parts.Decide(request.Path)))
                    return;
            }
        }
        catch (InvalidDataException exception)
        {
            await SendPage(400, "GET", exception.Message);
        }
        catch (LimitOverrunException exception)
        {
            await SendPage(431, "GET", exception.Message);
        }
        catch (TimeoutException)
        {
            parts.Log.Debug($"client {client.Number}: idle for {parts.Options.Timeout} s");
        }
    }

    private async Coroutine<HttpRequest?> NextRequest()
    {
        if (await WithTimeout(parts.IdleSeconds, _ => _requests.ReadHead()) is not { } bytes)
            return null;

        parts.Statistics.Requests++;
        return HttpRequest.Parse(bytes);
    }

    /// <summary>False if the connection is over.</summary>
    private async Coroutine<bool> Answer(HttpRequest request, Verdict verdict)
    {
        try
        {
            switch (verdict.Act)
            {
                case Act.CloseClient:
                    return false;
                case Act.Hang:
                    await Discard();
                    return false;
                case Act.Fail or Act.Inject:
                    await SendPage(verdict.ErrorStatus, request.Method);
                    return false;
                case Act.BreakOff:
                    await BreakOff(request);
                    return false;
            }

            var exchange = new HttpExchange(parts, client, _requests, request, verdict);
            if (await exchange.Run())
                return true;
            await Linger();
            return false;
        }
        catch (RelayException exception)
        {
            parts.Statistics.CountTrouble(exception.Status);
            await SendPage(exception.Status, request.Method, exception.Message);
            return false;
        }
    }

    /// <summary>The backend gets the request, as much of it as has come, and then the end of the connection; so does the client.</summary>
    private async Coroutine BreakOff(HttpRequest request)
    {
        var backend = await parts.Pool.Take(mustBeNew: true);
        try
        {
            backend.Writer.Write(request.Head.ToBytes());
            if (request.Body.Kind is not BodyKind.None)
                backend.Writer.Write(await client.Reader.Read(parts.Options.BufferSize));
            await backend.Writer.Drain();
        }
        finally
        {
            parts.Pool.Return(backend, isReusable: false);
        }
    }

    private async Coroutine SendPage(int status, string method, string? reason = null)
    {
        if (reason is not null)
            parts.Log.Warning($"client {client.Number}: {status}, {reason}");
        var page = HttpReplies.Page(status, method);
        parts.Statistics.BytesToClients += page.Length;
        client.Writer.Write(page);
        await client.Writer.Drain();
        await Linger();
    }

    /// <summary>Ends the sending half and waits for the client's: closing with bytes unread would make the client lose the answer.</summary>
    private async Coroutine Linger()
    {
        client.Writer.WriteEof();
        await MoveOnAfter(LingerSeconds, async _ => await Discard());
    }

    /// <summary>Reads on until the client's end, however it comes.</summary>
    private async Coroutine Discard()
    {
        try
        {
            while (await client.Reader.ReadLent() is { IsEmpty: false })
            {
                // Nobody wants it.
            }
        }
        catch (Exception exception) when (Trouble.IsOfConnection(exception))
        {
            // Gone is gone.
        }
    }
}
