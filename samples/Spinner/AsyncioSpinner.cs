using Tulip;
using static Tulip.Aio;

namespace Spinners;

/// <summary>A task spins while the main one waits, on the same thread; cancelling it is all it takes to stop it.</summary>
internal static class AsyncioSpinner
{
    public static int Supervise(TextWriter output, Pace pace) => Aio.Run(Supervisor(output, pace));

    /// <summary>The program as a coroutine, for a loop that runs already.</summary>
    public static async Coroutine<int> Supervisor(TextWriter output, Pace pace)
    {
        var spinner = CreateTask(Spin(new SpinLine(output, "thinking!"), pace));
        output.WriteLine($"spinner object: {spinner}");
        var result = await SlowFunction(pace);
        spinner.Cancel();

        // In the texts the task is left to the loop's end; waiting for it shows that it has cleaned its line.
        await Wait([spinner]);
        return result;
    }

    /// <summary>Spins until cancelled.</summary>
    public static async Coroutine Spin(SpinLine line, Pace pace)
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
            line.Erase();
        }
    }

    private static async Coroutine<int> SlowFunction(Pace pace)
    {
        await Sleep(pace.Slow);
        return 42;
    }
}
