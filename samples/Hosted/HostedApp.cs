using System.Globalization;
using System.Net;
using Tulip;
using static Tulip.Aio;

namespace Hosts;

/// <summary>Downloads inside two hosts that own their thread: a frame loop, and a queue behind a SynchronizationContext.</summary>
internal static class HostedApp
{
    private const int Downloads = 50;
    private const int FlagSize = 20_000;

    private const string Usage = """
        usage: Hosted frames | queue

        frames  draws 60 frames a second with a spinner while fifty downloads run on the same thread,
                and tells how even the frames were
        queue   the same downloads inside a plain queue of calls, known by its SynchronizationContext
        """;

    public static int Run(string[] arguments, TextWriter output)
    {
        switch (arguments)
        {
            case ["frames"]:
                WithServer(address => DrawFrames(address, output));
                return 0;
            case ["queue"]:
                WithServer(address => RunQueue(address, output));
                return 0;
            default:
                output.WriteLine(Usage);
                return 2;
        }
    }

    /// <summary>Downloads everything; how many bytes came.</summary>
    public static async Coroutine<int> DownloadAll(Func<Coroutine<int>> fetch, Action<int> onArrived)
    {
        var bytes = 0;
        var arrived = 0;
        await TaskGroup.Run(async group =>
        {
            for (var i = 0; i < Downloads; i++)
                group.StartSoon(One());
            await Sleep(0);
        });
        return bytes;

        async Coroutine One()
        {
            // Not "bytes += await": what the others add meanwhile would be lost.
            var count = await fetch();
            bytes += count;
            onArrived(++arrived);
        }
    }

    private static void DrawFrames(IPEndPoint address, TextWriter output)
    {
        var frames = new FrameLoop(TimeProvider.System, static wait => Thread.Sleep(wait));
        var arrived = 0;
        using var hosted = new HostedEventLoop(frames, new HostedLoopOptions { SecondsPerPost = 0.002 });
        var all = hosted.Run(() => DownloadAll(() => Fetch(address), count => arrived = count));
        var longest = frames.Play(number =>
        {
            output.Write($"\r{@"|/-\"[number % 4]} {arrived} of {Downloads} flags");
            output.Flush();
            return !all.IsCompleted;
        });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{all.GetAwaiter().GetResult()} bytes in {frames.Count} frames; the longest took {longest.TotalMilliseconds:0.0} ms, {FrameLoop.FrameTime.TotalMilliseconds:0.0} are due."));
    }

    private static void RunQueue(IPEndPoint address, TextWriter output)
    {
        var queue = new QueueContext();
        using var hosted = new HostedEventLoop(new SynchronizationContextHost(queue));
        var all = hosted.Run(() => DownloadAll(() => Fetch(address), _ => { }));
        all.ContinueWith(_ => queue.End(), TaskScheduler.Default);
        var calls = queue.Run();
        output.WriteLine($"{all.GetAwaiter().GetResult()} bytes in {calls} calls of the queue.");
    }

    private static async Coroutine<int> Fetch(IPEndPoint address)
    {
        var (reader, writer) = await OpenConnection("127.0.0.1", address.Port);
        await using (writer)
            return (await reader.Read()).Length;
    }

    /// <summary>A server of slow flags, on a thread of its own.</summary>
    private static void WithServer(Action<IPEndPoint> body)
    {
        using var group = new LoopGroup(1, new LoopGroupOptions { GraceSeconds = 0 });
        var delays = new Random(1);
        var server = group.StartServer(
            async (_, writer) =>
            {
                await using (writer)
                {
                    await Sleep(delays.NextDouble());
                    writer.Write(new byte[FlagSize]);
                    await writer.Drain();
                }
            },
            "127.0.0.1",
            0).GetAwaiter().GetResult();
        body((IPEndPoint)server.LocalEndPoints[0]);
    }
}
