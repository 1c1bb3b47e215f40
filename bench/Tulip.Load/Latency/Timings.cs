using System.Diagnostics;

namespace Tulip.Load.Latency;

/// <summary>What many short samples took, each of some operations: on a busy machine most samples are shorter than a turn on the
/// processor, and their median is not what the neighbours cost.</summary>
internal sealed class Timings
{
    private readonly List<double> _nanoseconds = [];

    public double Median => Sorted()[_nanoseconds.Count / 2];

    public double Best => Sorted()[0];

    public int Count => _nanoseconds.Count;

    /// <summary>Samples of something that this thread does.</summary>
    /// <param name="samples">How many samples.</param>
    /// <param name="operations">Operations in a sample.</param>
    /// <param name="run">Does so many operations.</param>
    public static Timings Of(int samples, int operations, Action<int> run)
    {
        var timings = new Timings();
        WarmUp.Run(() => run(operations));
        for (var i = 0; i < samples; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            run(operations);
            timings.Add(begin, operations);
        }

        return timings;
    }

    /// <summary>Samples of something that is done on a loop.</summary>
    /// <inheritdoc cref="Of"/>
    public static async Coroutine<Timings> OnLoop(int samples, int operations, Func<int, Coroutine> run)
    {
        var timings = new Timings();
        var warmUp = new WarmUp();
        while (warmUp.GoesOn())
            await run(operations);
        for (var i = 0; i < samples; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            await run(operations);
            timings.Add(begin, operations);
        }

        return timings;
    }

    /// <summary>A sample that ends now.</summary>
    public void Add(long beginTimestamp, int operations)
        => _nanoseconds.Add(Stopwatch.GetElapsedTime(beginTimestamp).TotalNanoseconds / operations);

    private double[] Sorted() => [.. _nanoseconds.Order()];
}
