using System.Globalization;
using Tulip;
using static Tulip.Aio;

namespace Spinners;

/// <summary>
/// A long calculation on the loop's thread. It naps now and then, just long enough for the spinner's turn; without the
/// naps it would stop the loop like the blocking sleep.
/// </summary>
internal static class PrimeSpinner
{
    public const long Number = 5_000_111_000_222_021;
    private const long NapEvery = 100_000;

    public static void Supervise(TextWriter output, Pace pace)
        => Tell(output, Aio.Run(Supervisor(new SpinLine(output, "thinking!"), pace)));

    public static void Tell(TextWriter output, bool isPrime)
        => output.WriteLine($"{Number.ToString("N0", CultureInfo.InvariantCulture)} {(isPrime ? "is" : "is not")} prime");

    private static async Coroutine<bool> Supervisor(SpinLine line, Pace pace)
    {
        var spinner = CreateTask(AsyncioSpinner.Spin(line, pace));
        var isPrime = await IsPrime(Number);
        spinner.Cancel();
        await Wait([spinner]);
        return isPrime;
    }

    private static async Coroutine<bool> IsPrime(long number)
    {
        if (number < 2 || (number % 2 == 0 && number != 2))
            return false;

        var root = (long)Math.Sqrt(number);
        for (long divisor = 3; divisor <= root; divisor += 2)
        {
            if (number % divisor == 0)
                return false;
            if (divisor % NapEvery == 1)
                await Sleep(0);
        }

        return true;
    }
}
