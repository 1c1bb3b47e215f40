// Presses on what any thread may use, for as long as is asked for; exit status 1 says that something was lost.
using System.Globalization;
using Tulip.Stress;

const string Usage = """
    usage: Tulip.Stress [--minutes N] [--seed S]
      --minutes N  how long, in minutes; fractions too; default: 1
      --seed S     the first round's seed; default: a new one. The threads' interleaving is never the same twice.
    """;

var minutes = 1.0;
var seed = Random.Shared.Next(1_000_000);
for (var i = 0; i < args.Length; i += 2)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    var known = args[i] switch
    {
        "--minutes" => double.TryParse(value, CultureInfo.InvariantCulture, out minutes) && minutes is > 0 and < 1e6,
        "--seed" => int.TryParse(value, CultureInfo.InvariantCulture, out seed),
        _ => false,
    };
    if (!known)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}

Console.WriteLine($"seed {seed}, {minutes} min");
try
{
    var press = new ThreadPress(seed);
    press.Run(TimeSpan.FromMinutes(minutes), progress: Console.WriteLine);
    Console.WriteLine($"nothing was lost: {press.Summary}");
    return 0;
}
catch (StressException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
