namespace Tulip.Conformance.Tests;

/// <summary>Runs a loop inside a host until a future is done, as RunUntilComplete does without one: to the end of the pass in
/// which the future has told that it is.</summary>
internal static class HostedDrive
{
    public static bool Run(EventLoop loop, Future future)
    {
        var done = false;
        var callback = new InternalCallback(future, _ => done = true);
        future.AddCallback(callback);
        var host = new QueueHost();
        var hosted = new HostedEventLoop(host, new HostedLoopOptions { LoopFactory = () => loop, SecondsPerPost = 3600 });
        try
        {
            // In virtual time nothing comes from elsewhere: with nothing to call there never will be.
            while (!done && host.TryCallNext())
            {
            }
        }
        finally
        {
            hosted.Detach();
            future.RemoveCallback(callback);
        }

        return future.Done;
    }

    private sealed class QueueHost : ILoopHost
    {
        private readonly Queue<Action> _calls = new();

        public void Post(Action callback) => _calls.Enqueue(callback);

        public bool TryCallNext()
        {
            if (!_calls.TryDequeue(out var call))
                return false;

            call();
            return true;
        }
    }
}
