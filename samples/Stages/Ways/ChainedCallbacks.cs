using Tulip;

namespace Stages;

/// <summary>
/// The same without the stairs: a method for each stage. Now the variables of one stage are unknown to the next, unless
/// they are kept in fields, and the order of the program is not the order of the lines.
/// </summary>
internal sealed class ChainedCallbacks : Way
{
    public override string Name => "chained";

    public override string Description => "a callback for each stage, which names the next";

    public override async Coroutine<string> Run(Scene scene, string request)
    {
        var done = scene.Loop.CreateFuture<string>();
        new Chain(scene, done.SetResult).Start(request);
        return await done;
    }

    private sealed class Chain(Scene scene, Action<string> onDone)
    {
        public void Start(string request1) => scene.Service.Call(1, request1, Stage1);

        private void Stage1(string response1)
        {
            var request2 = scene.Steps.Step1(response1);
            scene.Service.Call(2, request2, Stage2);
        }

        private void Stage2(string response2)
        {
            var request3 = scene.Steps.Step2(response2);
            scene.Service.Call(3, request3, Stage3);
        }

        private void Stage3(string response3) => onDone(scene.Steps.Step3(response3));
    }
}
