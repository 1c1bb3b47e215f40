using Tulip;

namespace Stages;

/// <summary>
/// A coroutine: the lines are in the order of what happens, the variables of all stages are in reach, and one
/// <c>catch</c> sees every failure where it happens.
/// </summary>
internal sealed class StraightCoroutine : Way
{
    public override string Name => "coroutine";

    public override string Description => "one coroutine that awaits the calls";

    public override Coroutine<string> Run(Scene scene, string request) => ThreeStages(scene, request);

    private static async Coroutine<string> ThreeStages(Scene scene, string request1)
    {
        var stage = 1;
        List<string> inHand = [request1];
        try
        {
            var response1 = await scene.Service.Call(1, request1);
            var request2 = scene.Steps.Step1(response1);
            inHand.AddRange([response1, request2]);

            stage = 2;
            var response2 = await scene.Service.Call(2, request2);
            inHand.Add(response2);
            var request3 = scene.Steps.Step2(response2);

            stage = 3;
            var response3 = await scene.Service.Call(3, request3);
            return scene.Steps.Step3(response3);
        }
        catch (Exception failure) when (failure is ServiceException or FormatException)
        {
            scene.Report(stage, failure, [.. inHand]);
            throw;
        }
    }
}
