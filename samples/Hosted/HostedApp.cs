using System.Globalization;
using Flags;
using Spinners;
using Tulip;

namespace Hosts;

/// <summary>The spinner and the flags downloads, as they are, inside two hosts that own their thread: a frame loop, and a
/// queue behind a SynchronizationContext.</summary>
internal static class HostedApp
{
    // The texts' own: one thinks, the other prints twenty codes.
    private const int SpinnerWidth = 12;
    private const int FlagsWidth = 60;

    private const string Usage = """
        usage: Hosted frames [--dest DIR]
               Hosted queue [--dest DIR]

        Both run two programs at once, on a thread that is not theirs: the spinner of samples/Spinner, while its slow
        function takes three seconds, and the downloads of samples/Flags, from a server that answers after half a second.

        frames  draws 60 frames a second on that thread, with what the two print in each, and tells how even they were
        queue   runs a plain queue of calls on that thread, known by its SynchronizationContext

          --dest  folder that flags are saved in; downloads/ by default

        Exit codes: 0 done; 1 usage error, or a flag could not be saved; 130 Ctrl-C.
        """;

    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where everything is shown.</param>
    /// <param name="error">Where it says what is wrong with the command line.</param>
    /// <param name="pace">How fast the spinner's program goes.</param>
    /// <param name="latency">How long the server takes for an answer.</param>
    public static int Run(string[] arguments, TextWriter output, TextWriter error, Pace pace, TimeSpan latency)
    {
        if (arguments is ["-h" or "--help"])
        {
            output.WriteLine(Usage);
            return 0;
        }

        if (Problem(arguments) is { } problem)
        {
            error.WriteLine($"*** Usage error: {problem}");
            error.WriteLine(Usage);
            return 1;
        }

        var folder = arguments.Length > 1 ? arguments[2] : "downloads/";
        var job = arguments[0] == "frames" ? DrawFrames(output, pace, latency, folder) : RunQueue(output, pace, latency, folder);
        return job.Tally[FlagStatus.Ok] == job.Codes.Count ? 0 : 1;
    }

    /// <summary>Draws what the two programs print, frame by frame, until both are done.</summary>
    /// <returns>What the spinner's program answers, and the longest that a frame took.</returns>
    public static (int Answer, TimeSpan Longest) Play(FrameLoop frames, TimeProvider time, TextWriter output, Pace pace, Func<TextWriter, DownloadJob> prepare)
    {
        using var spinnerLine = new ScreenLine();
        using var flagsLine = new ScreenLine();
        var job = prepare(flagsLine);

        using var hosted = new HostedEventLoop(frames, new HostedLoopOptions { SecondsPerPost = 0.002, TimeProvider = time });
        var answer = hosted.Run(() => AsyncioSpinner.Supervisor(spinnerLine, pace));
        var flags = hosted.Run(() => AsyncioDownloads.Download(job));
        var isDrawn = SpinLine.IsDrawnOn(output);

        // A line that goes on in the next one cannot be drawn over.
        var columns = ReferenceEquals(output, Console.Out) && Console.WindowWidth > 1 ? Console.WindowWidth - 1 : int.MaxValue;
        var longest = frames.Play(number =>
        {
            if (isDrawn)
            {
                var line = $"{number,4} {spinnerLine.Show(SpinnerWidth)} {flagsLine.Show(FlagsWidth)}";
                output.Write($"\r{line[..Math.Min(line.Length, columns)]}");
                output.Flush();
            }

            return !(answer.IsCompleted && flags.IsCompleted);
        });
        if (isDrawn)
            output.WriteLine();
        flags.GetAwaiter().GetResult();
        return (answer.GetAwaiter().GetResult(), longest);
    }

    private static string? Problem(string[] arguments) => arguments switch
    {
        [] => "frames or queue?",
        ["frames" or "queue"] or ["frames" or "queue", "--dest", _] => null,
        ["frames" or "queue", "--dest"] => "--dest needs a folder",
        ["frames" or "queue", var other, ..] when other != "--dest" => $"there is no option '{other}'",
        ["frames" or "queue", ..] => $"'{arguments[3]}' is too much",
        _ => $"there is no program '{arguments[0]}'",
    };

    private static DownloadJob DrawFrames(TextWriter output, Pace pace, TimeSpan latency, string folder) => WithSite(latency, site =>
    {
        var frames = new FrameLoop(TimeProvider.System, static wait => Thread.Sleep(wait));
        DownloadJob? job = null;
        var (answer, longest) = Play(frames, TimeProvider.System, output, pace, line => job = CreateJob(site, folder, line));
        Tell(output, answer, job!);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{frames.Count} frames; the longest took {longest.TotalMilliseconds:0.0} ms, {FrameLoop.FrameTime.TotalMilliseconds:0.0} are due."));
        return job!;
    });

    private static DownloadJob RunQueue(TextWriter output, Pace pace, TimeSpan latency, string folder) => WithSite(latency, site =>
    {
        var job = CreateJob(site, folder, output);
        var queue = new QueueContext();
        using var hosted = new HostedEventLoop(new SynchronizationContextHost(queue));
        var answer = hosted.Run(() => AsyncioSpinner.Supervisor(output, pace));
        var flags = hosted.Run(() => AsyncioDownloads.Download(job));
        Task.WhenAll(answer, flags).ContinueWith(_ => queue.End(), TaskScheduler.Default);
        var calls = queue.Run();

        output.WriteLine();
        flags.GetAwaiter().GetResult();
        Tell(output, answer.GetAwaiter().GetResult(), job);
        output.WriteLine($"{calls} calls of the queue.");
        return job;
    });

    private static DownloadJob CreateJob(Site site, string folder, TextWriter output)
        => new(CountryCodes.Pop20, site, CountryCodes.Pop20.Count, new FolderStore(folder), new CodeByCodeView(output));

    private static void Tell(TextWriter output, int answer, DownloadJob job)
    {
        output.WriteLine($"Answer: {answer}");
        output.WriteLine($"{job.Tally[FlagStatus.Ok]} flags downloaded");
        Reports.Failures(output, job.Tally, job.Codes.Count);
    }

    private static DownloadJob WithSite(TimeSpan latency, Func<Site, DownloadJob> body)
    {
        var site = Site.BuiltIn(ServerKind.DELAY, Behaviour.Of(ServerKind.DELAY, delay: latency)).GetAwaiter().GetResult();
        try
        {
            return body(site);
        }
        finally
        {
            site.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
