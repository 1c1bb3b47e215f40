using Tulip;
using static Tulip.Aio;

namespace Spinners;

/// <summary>
/// What a blocking sleep does to a loop: the slow function keeps the thread, so the spinner is cancelled before its first
/// step. No frame is ever shown, and the spinner's last line never runs.
/// </summary>
internal static class BlockingExperiment
{
    public static int Supervise(TextWriter output, Pace pace) => Aio.Run(Supervisor(output, pace));

    private static async Coroutine<int> Supervisor(TextWriter output, Pace pace)
    {
        var spinner = CreateTask(Spin(new SpinLine(output, "thinking!"), output, pace));
        output.WriteLine($"spinner object: {spinner}");
        var result = await SlowFunction(pace);
        spinner.Cancel();
        return result;
    }

    private static async Coroutine Spin(SpinLine line, TextWriter output, Pace pace)
    {
        try
        {
            while (true)
            {
                line.Draw();
                await Sleep(pace.Frame);
            }
        }
        catch (CancelledException)
        {
            output.WriteLine("THIS WILL NEVER BE OUTPUT");
        }
    }

    private static async Coroutine<int> SlowFunction(Pace pace)
    {
        // The mistake on show: nothing here gives the loop a chance.
        Thread.Sleep(pace.Slow);
        return 42;
    }
}
