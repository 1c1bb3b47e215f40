// HttpExchange: one request, and the backend's answer to it.
// Thread: the loop's.  Owns: a connection to the backend, from Take to Return.
//   1. The request's body goes up in a task of its own, beside the answer: a backend may answer before it has read it all,
//      and a client may wait for an interim answer before it sends it.
//   2. Before the first byte of an answer has gone to the client, a trouble is told as a page; after it, by breaking off.
//   3. A connection that turns out to be closed is replaced, once, if nothing can have happened on it.
using System.Net.Sockets;
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>Passes a request on and its answer back, at once or late.</summary>
internal sealed class HttpExchange(ProxyParts parts, ClientConnection client, HttpPipe requests, HttpRequest request, Verdict verdict)
{
    private readonly IdleLimit _idle = new(parts.IdleSeconds);
    private bool _answered;
    private bool _isRequestBroken;

    /// <summary>Does it all. False if the client's connection has to end.</summary>
    /// <exception cref="RelayException">There is no answer, and the client has got nothing yet.</exception>
    /// <exception cref="SocketException">The client is gone.</exception>
    public async Coroutine<bool> Run()
    {
        var goesOn = false;
        try
        {
            await _idle.Run(async () =>
            {
                await Pause(before: true);
                goesOn = await Exchange(isSecondTry: false) ?? await Exchange(isSecondTry: true) ?? false;
            });
            return goesOn;
        }
        catch (TimeoutException)
        {
            throw Broken(504, $"no progress for {parts.Options.Timeout} s");
        }
        catch (Exception exception) when (Trouble.IsOfConnection(exception) && !client.IsGone)
        {
            throw _isRequestBroken ? Broken(400, "the request's body broke off, or is not framed as it says") : Broken(502, exception.Message);
        }
    }

    /// <summary>Null if it has to be tried again.</summary>
    private async Coroutine<bool?> Exchange(bool isSecondTry)
    {
        _idle.Touch(parts.Options.PoolTimeout + parts.Options.Timeout);
        var backend = await parts.Pool.Take(mustBeNew: isSecondTry || !request.IsRepeatable);
        _idle.Touch();
        var isReusable = false;
        try
        {
            SendHead(backend);
            isReusable = await Converse(backend);
            return isReusable;
        }
        catch (Exception exception) when (backend.WasUsed && !_answered && !client.IsGone && Trouble.IsOfConnection(exception))
        {
            return null;
        }
        finally
        {
            parts.Pool.Return(backend, isReusable);
        }
    }

    private void SendHead(BackendConnection backend)
    {
        if (parts.Options.OverwritesHostHeader)
            request.Head.Set("Host", parts.Options.Backend.ToString());
        var head = request.Head.ToBytes();
        parts.Statistics.BytesToBackend += head.Length;
        backend.Writer.Write(head);
    }

    /// <summary>The body up, the answer down. True if both connections can go on.</summary>
    private async Coroutine<bool> Converse(BackendConnection backend)
    {
        if (request.Body.Kind is BodyKind.None)
            return await PassAnswer(backend, upload: null);

        var upload = CreateTask(Upload(backend));
        try
        {
            return await PassAnswer(backend, upload);
        }
        finally
        {
            upload.Cancel();
            await Wait([upload]);
        }
    }

    private async Coroutine<bool> PassAnswer(BackendConnection backend, AsyncTask<bool>? upload)
    {
        var answers = new HttpPipe(backend.Reader, parts.Options.BufferSize);
        var answer = await PassHeads(answers);
        if (answer.IsTunnel)
        {
            if (upload is not null)
                await upload;
            await Tunnel(backend);
            return false;
        }

        await answers.Pass(answer.Body, client.Writer, CountDown);
        return answer.KeepsOpen && request.KeepsOpen && (upload is null || await upload);
    }

    /// <summary>Interim answers, if any, and the head of the true one.</summary>
    private async Coroutine<HttpResponse> PassHeads(HttpPipe answers)
    {
        while (true)
        {
            var bytes = await answers.ReadHead() ?? throw new InvalidDataException("the backend closed the connection without an answer");
            var answer = HttpResponse.Parse(bytes, request);
            if (!answer.IsInterim)
                await Pause(before: false);

            _answered = true;
            CountDown(bytes.Length);
            client.Writer.Write(bytes);
            await client.Writer.Drain();
            if (!answer.IsInterim)
                return answer;
        }
    }

    /// <summary>False if it did not go through.</summary>
    private async Coroutine<bool> Upload(BackendConnection backend)
    {
        try
        {
            await requests.Pass(request.Body, backend.Writer, CountUp);
            return true;
        }
        catch (Exception exception) when (Trouble.IsOfConnection(exception))
        {
            // A backend that takes no more may have answered all the same. After half a request there will be no answer.
            _isRequestBroken = !backend.Writer.IsClosing && backend.Reader.Exception() is null;
            if (_isRequestBroken)
                backend.Writer.Transport.Abort();
            return false;
        }
    }

    /// <summary>What follows the head is another protocol's: it goes through both ways until both have ended.</summary>
    private async Coroutine Tunnel(BackendConnection backend)
    {
        var everything = new BodyFraming(BodyKind.UntilClose);
        var answers = new HttpPipe(backend.Reader, parts.Options.BufferSize);
        await Gather(
            OneWay(requests.Pass(everything, backend.Writer, CountUp), backend.Writer),
            OneWay(answers.Pass(everything, client.Writer, CountDown), client.Writer));

        static async Coroutine<Unit> OneWay(Coroutine all, AsyncStreamWriter destination)
        {
            await all;
            destination.WriteEof();
            return default;
        }
    }

    private async Coroutine Pause(bool before)
    {
        if (verdict.Act is not Act.Wait || verdict.Options.DelayBefore != before)
            return;

        _idle.Touch(verdict.Options.DelaySleep);
        await Sleep(verdict.Options.DelaySleep);
        _idle.Touch();
    }

    private void CountUp(int count)
    {
        _idle.Touch();
        parts.Statistics.BytesToBackend += count;
    }

    private void CountDown(int count)
    {
        _idle.Touch();
        parts.Statistics.BytesToClients += count;
    }

    /// <summary>The client must not take half an answer for a whole one.</summary>
    private Exception Broken(int status, string message)
    {
        if (!_answered)
            return new RelayException(status, message);

        parts.Statistics.BackendFailures++;
        parts.Log.Warning($"client {client.Number}: the answer to {request.Method} {request.Path} broke off: {message}");
        client.Reset();
        return new SocketException((int)SocketError.ConnectionAborted);
    }
}
