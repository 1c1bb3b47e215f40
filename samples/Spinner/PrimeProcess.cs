using Tulip;
using static Tulip.Aio;

namespace Spinners;

/// <summary>
/// The same long calculation, as ordinary code that knows nothing of loops: a worker process runs it, on another
/// processor, and the spinner has the loop to itself.
/// </summary>
internal static class PrimeProcess
{
    public static void Supervise(TextWriter output, Pace pace)
        => PrimeSpinner.Tell(output, Aio.Run(Supervisor(new SpinLine(output, "thinking!"), pace)));

    private static async Coroutine<bool> Supervisor(SpinLine line, Pace pace)
    {
        using var pool = new ProcessPoolExecutor(maxWorkers: 1);
        var spinner = CreateTask(AsyncioSpinner.Spin(line, pace));
        var isPrime = await GetRunningLoop().RunInExecutor(pool, IsPrime, PrimeSpinner.Number);
        spinner.Cancel();
        await Wait([spinner]);
        return isPrime;
    }

    private static bool IsPrime(long number)
    {
        if (number < 2 || (number % 2 == 0 && number != 2))
            return false;

        var root = (long)Math.Sqrt(number);
        for (long divisor = 3; divisor <= root; divisor += 2)
        {
            if (number % divisor == 0)
                return false;
        }

        return true;
    }
}
