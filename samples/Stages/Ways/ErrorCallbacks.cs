using Tulip;

namespace Stages;

/// <summary>
/// Two callbacks for each stage. Failures of the calls are told; those of our own code in a callback still are not, for
/// they are thrown at the loop.
/// </summary>
internal sealed class ErrorCallbacks : Way
{
    public override string Name => "errors";

    public override string Description => "chained callbacks, and an error callback for each stage";

    public override async Coroutine<string> Run(Scene scene, string request)
    {
        var done = scene.Loop.CreateFuture<string>();
        new Chain(scene, done.SetResult, done.SetException).Start(request);
        return await done;
    }

    private sealed class Chain(Scene scene, Action<string> onDone, Action<Exception> onFailed)
    {
        public void Start(string request1) => scene.Service.Call(1, request1, Stage1, Failed1);

        private void Stage1(string response1)
        {
            var request2 = scene.Steps.Step1(response1);
            scene.Service.Call(2, request2, Stage2, Failed2);
        }

        private void Stage2(string response2)
        {
            var request3 = scene.Steps.Step2(response2);
            scene.Service.Call(3, request3, Stage3, Failed3);
        }

        private void Stage3(string response3) => onDone(scene.Steps.Step3(response3));

        private void Failed1(Exception failure) => Fail(1, failure);

        private void Failed2(Exception failure) => Fail(2, failure);

        private void Failed3(Exception failure) => Fail(3, failure);

        private void Fail(int stage, Exception failure)
        {
            scene.Report(stage, failure);
            onFailed(failure);
        }
    }
}
