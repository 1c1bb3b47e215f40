using Tulip;

namespace Stages;

/// <summary>
/// Futures with callbacks: a failure of any kind travels along the chain to its last future, and so to the caller. At
/// which stage it happened, and with what in hand, the caller does not know.
/// </summary>
internal sealed class FutureChain : Way
{
    public override string Name => "futures";

    public override string Description => "each future's callback starts the next";

    public override async Coroutine<string> Run(Scene scene, string request) => await ThreeStages(scene, request);

    private static Future<string> ThreeStages(Scene scene, string request1)
    {
        var response1 = scene.Service.CallLater(1, request1);
        var response2 = Then(response1, response => scene.Service.CallLater(2, scene.Steps.Step1(response)));
        var response3 = Then(response2, response => scene.Service.CallLater(3, scene.Steps.Step2(response)));
        return Then(response3, response => Finished(scene, scene.Steps.Step3(response)));
    }

    private static Future<string> Finished(Scene scene, string result)
    {
        var future = scene.Loop.CreateFuture<string>();
        future.SetResult(result);
        return future;
    }

    /// <summary>What <c>await</c> does, by hand: when one future is done, start the next; hand on whatever goes wrong.</summary>
    private static Future<string> Then(Future<string> first, Func<string, Future<string>> next)
    {
        var result = first.Loop.CreateFuture<string>();
        first.AddDoneCallback(_ =>
        {
            try
            {
                var second = next(first.Result());
                second.AddDoneCallback(_ => HandOn(second, result));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                result.SetException(failure);
            }
        });
        return result;
    }

    private static void HandOn(Future<string> from, Future<string> to)
    {
        if (from.Exception() is { } failure)
            to.SetException(failure);
        else
            to.SetResult(from.Result());
    }
}
