using Tulip;

namespace Stages;

/// <summary>
/// Callback hell: each callback inside the one before, because it needs its variables. A failure has nowhere to go: when
/// stage two runs, the function that started it all has long returned.
/// </summary>
internal sealed class NestedCallbacks : Way
{
    public override string Name => "nested";

    public override string Description => "callbacks inside callbacks";

    public override async Coroutine<string> Run(Scene scene, string request)
    {
        var done = scene.Loop.CreateFuture<string>();
        ThreeStages(scene, request, done.SetResult);
        return await done;
    }

    private static void ThreeStages(Scene scene, string request1, Action<string> onDone) =>
        scene.Service.Call(1, request1, response1 =>
        {
            var request2 = scene.Steps.Step1(response1);
            scene.Service.Call(2, request2, response2 =>
            {
                var request3 = scene.Steps.Step2(response2);
                scene.Service.Call(3, request3, response3 =>
                {
                    onDone(scene.Steps.Step3(response3));
                });
            });
        });
}
