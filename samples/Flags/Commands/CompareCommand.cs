using System.CommandLine;
using Samples;

namespace Flags;

/// <summary><c>compare</c>: what concurrency brings, measured on this machine.</summary>
internal static class CompareCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var sweep = new Option<bool>("--sweep") { Description = "instead: try values of -m against each built-in server" };
        var scale = new Option<int?>("--image-scale")
        {
            HelpName = "1|10|100",
            Description = "instead: save images so many times their size in line, in the executor and with AsyncFile",
        }.Whole();
        var maxRequests = new Option<int>("--max_req", "-m", "--max-req")
        {
            HelpName = "CONCURRENT",
            Description = "maximum concurrent requests of threads and asyncio",
            DefaultValueFactory = _ => 200,
        }.Whole();
        var requests = new Option<int>("--requests")
        {
            HelpName = "N",
            Description = "requests of the longer run",
            DefaultValueFactory = _ => 600,
        }.Whole();
        var latency = new Option<double?>("--latency")
        {
            HelpName = "S",
            Description = "seconds until each answer of the LOCAL server [default: 0.04]",
        }.Real();

        var command = new Command("compare", "The same downloads one by one, with threads and with asyncio, as a table.")
        {
            sweep, scale, maxRequests, requests, latency,
        };
        command.SetAction(parsed =>
        {
            var seconds = parsed.GetValue(latency) ?? 0.04;
            if (seconds is < 0 or > 60 or double.NaN)
                throw new UsageException("--latency S must be 0 to 60 seconds");
            if (parsed.GetValue(maxRequests) is < 1 or > 1000)
                throw new UsageException("--max_req CONCURRENT must be 1 to 1000");
            if (parsed.GetValue(requests) is < 1)
                throw new UsageException("--requests N must be >= 1");
            if (parsed.GetValue(scale) is not (null or 1 or 10 or 100))
                throw new UsageException("--image-scale must be 1, 10 or 100");
            if (parsed.GetValue(sweep) && parsed.GetValue(scale) is not null)
                throw new UsageException("--sweep and --image-scale are two different comparisons");

            using var bench = new Bench();
            if (parsed.GetValue(sweep))
                Sweep.Run(bench, surroundings, surroundings.ServerDelay);
            else if (parsed.GetValue(scale) is { } times)
                SavingCost.Compare(bench, surroundings, times);
            else
                ThreeWays.Compare(bench, surroundings, TimeSpan.FromSeconds(seconds), parsed.GetValue(requests), parsed.GetValue(maxRequests));
            return bench.IsInterrupted ? ExitCode.Interrupted : ExitCode.Done;
        });
        return command;
    }
}
