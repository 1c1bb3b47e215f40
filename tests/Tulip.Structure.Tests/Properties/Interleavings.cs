// Interleavings: random programs of several tasks, from FsCheck, which makes a failing one smaller before it shows it.
//   TULIP_SEED=seed,gamma,size  runs the one program that a failure names, again.
//   TULIP_INTERLEAVINGS=100000  runs more than the usual number.
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Tulip.Structure.Tests.Properties;

/// <summary>The decisions of one program: when they are used up, the program comes to its end.</summary>
internal sealed class Choices(int[] numbers)
{
    private int _used;

    public bool Any => _used < numbers.Length;

    /// <summary>The next decision between some possibilities; the first one if there is none left.</summary>
    public int Next(int possibilities) => Any ? numbers[_used++] % possibilities : 0;
}

internal static class Interleavings
{
    private const int Usual = 1_000;
    private const int Largest = 120;

    public static void Check(Func<Choices, Coroutine> program)
    {
        var numbers = Arb.From(
            Gen.Choose(0, 9_999).ArrayOf(),
            static numbers => ArbMap.Default.ArbFor<int[]>().Shrinker(numbers).Where(static smaller => smaller.All(static n => n >= 0)));
        var count = Environment.GetEnvironmentVariable("TULIP_INTERLEAVINGS");
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(count is null ? Usual : int.Parse(count, CultureInfo.InvariantCulture))
            .WithStartSize(5)
            .WithEndSize(Largest)
            .WithQuietOnSuccess(true);
        if (Environment.GetEnvironmentVariable("TULIP_SEED")?.Split(',') is [var seed, var gamma, var size])
        {
            config = config.WithMaxTest(1).WithReplay(
                ulong.Parse(seed, CultureInfo.InvariantCulture),
                ulong.Parse(gamma, CultureInfo.InvariantCulture),
                int.Parse(size, CultureInfo.InvariantCulture));
        }

        Prop.ForAll(numbers, numbers => LoopTest.Run(() => program(new Choices(numbers)))).Check(config);
    }
}
