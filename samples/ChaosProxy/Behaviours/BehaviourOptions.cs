using System.Globalization;

namespace ChaosProxy;

/// <summary>What the behaviours may be told.</summary>
internal sealed record BehaviourOptions
{
    private const double MostSeconds = 86_400;

    /// <summary>How long a delay is, in seconds.</summary>
    public double DelaySleep { get; init; } = 1;

    /// <summary>Whether a delay comes before the backend is called; else before its answer is passed on.</summary>
    public bool DelayBefore { get; init; } = true;

    /// <summary>Whether an error, but not one of HTTP, is put into the middle of the backend's data instead of in their place.</summary>
    public bool ErrorInject { get; init; }

    /// <summary>How many calls go through before errors begin.</summary>
    public int ErrorWarmup { get; init; }

    /// <summary>How many calls fail before the others go through.</summary>
    public int TransientAgitate { get; init; } = 1;

    /// <summary>The names that <see cref="With"/> knows for a behaviour.</summary>
    public static IReadOnlyList<string> NamesOf(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Delay => ["sleep", "before"],
        Behaviour.Error => ["inject", "warmup"],
        Behaviour.Transient => ["agitate", "inject", "warmup"],
        _ => [],
    };

    /// <summary>The same options but for one, by its name in Vaurien.</summary>
    /// <exception cref="FormatException">The value does not fit.</exception>
    public BehaviourOptions With(string name, string value) => name switch
    {
        "sleep" => this with { DelaySleep = Seconds(value) },
        "before" => this with { DelayBefore = Flag(value) },
        "inject" => this with { ErrorInject = Flag(value) },
        "warmup" => this with { ErrorWarmup = Count(value) },
        "agitate" => this with { TransientAgitate = Count(value) },
        _ => throw new FormatException($"'{name}' is no option of a behavior"),
    };

    /// <summary>Yes or no, as Vaurien reads it.</summary>
    public static bool Flag(string value) => value.ToLowerInvariant() switch
    {
        "y" or "yes" or "1" or "on" or "true" => true,
        "n" or "no" or "0" or "off" or "false" => false,
        _ => throw new FormatException($"true or false is expected, not '{value}'"),
    };

    private static double Seconds(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= MostSeconds
            ? seconds
            : throw new FormatException($"a number of seconds, 0 to {MostSeconds}, is expected, not '{value}'");

    private static int Count(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new FormatException($"a whole number, 0 or more, is expected, not '{value}'");
}
