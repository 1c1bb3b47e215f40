using Tulip;
using static Tulip.Aio;

namespace Stages;

/// <summary>
/// A service somewhere far away with three calls, each of which takes a while; offered as callbacks, as futures, and as
/// coroutines. Loop thread only.
/// </summary>
internal sealed class RemoteService(EventLoop loop, double delay, Fault fault)
{
    private const int FaultyStage = 2;

    /// <summary>Calls back with the response. There is no way to tell of a failure: it goes to whoever called the timer.</summary>
    public void Call(int stage, string request, Action<string> onResponse) =>
        loop.CallLater(delay, () => onResponse(Answer(stage, request)));

    /// <summary>Calls back one of two functions.</summary>
    public void Call(int stage, string request, Action<string> onResponse, Action<Exception> onError) => loop.CallLater(delay, () =>
    {
        string response;
        try
        {
            response = Answer(stage, request);
        }
        catch (ServiceException exception)
        {
            onError(exception);
            return;
        }

        onResponse(response);
    });

    /// <summary>Gives a future at once; it will have the response, or the failure.</summary>
    public Future<string> CallLater(int stage, string request)
    {
        var future = loop.CreateFuture<string>();
        Call(stage, request, future.SetResult, future.SetException);
        return future;
    }

    /// <summary>Returns the response, or throws.</summary>
    public async Coroutine<string> Call(int stage, string request)
    {
        await Sleep(delay);
        return Answer(stage, request);
    }

    private string Answer(int stage, string request) => stage == FaultyStage && fault is Fault.Call
        ? throw new ServiceException($"the service refused '{request}'")
        : $"response {stage}";
}
