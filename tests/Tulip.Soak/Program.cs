// Echo, datagrams, files and child processes, in trouble on purpose, for as long as is asked for; exit status 1 says that something was
// lost, left behind or wrong.
using System.Globalization;
using Tulip.Soak;

const string Usage = """
    usage: Tulip.Soak [--seconds N | --minutes N] [--seed S] [--workers W]
      --seconds N, --minutes N  how long; fractions too; default: 30 seconds
      --seed S                  the first round's seed; default: a new one. What happens when is never the same twice.
      --workers W               how many visits at a time; default: 32
    TULIP_ENGINE chooses the engine. Each round's seed is printed if it fails.
    """;

var (seconds, seed, workers) = (30.0, Random.Shared.Next(1_000_000), 32);
for (var i = 0; i < args.Length; i += 2)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    var known = args[i] switch
    {
        "--seconds" => Duration(value, 1),
        "--minutes" => Duration(value, 60),
        "--seed" => int.TryParse(value, CultureInfo.InvariantCulture, out seed),
        "--workers" => int.TryParse(value, CultureInfo.InvariantCulture, out workers) && workers is > 0 and <= 1000,
        _ => false,
    };
    if (!known)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}

try
{
    new SoakRun(seed, workers, Console.WriteLine).Run(TimeSpan.FromSeconds(seconds));
    return 0;
}
catch (SoakException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

bool Duration(string text, double unit)
{
    var isNumber = double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e6;
    seconds = number * unit;
    return isNumber;
}
