using System.Globalization;

namespace Tulip.Load.Latency;

/// <summary>Cycles as people would feel them: one takes a second.</summary>
internal static class HumanTime
{
    private const double Minute = 60;
    private const double Hour = 60 * Minute;
    private const double Day = 24 * Hour;
    private const double Year = 365.25 * Day;

    // As long as the number of seconds can still be pictured, the texts leave it at seconds.
    private const double MostSeconds = 300;

    public static string Of(double cycles) => cycles switch
    {
        < 9.95 => Text(cycles, "0.#", "s"),
        < MostSeconds => Text(cycles, "0", "s"),
        < Hour => Text(cycles / Minute, "0", "minutes"),
        < 2 * Day => Text(cycles / Hour, "0.#", "hours"),
        < Year => Text(cycles / Day, "0", "days"),
        _ => Text(cycles / Year, "0.0", "years"),
    };

    private static string Text(double value, string format, string unit) => value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
