using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Tulip.Engines;
using Tulip.Load.Harness;

namespace Tulip.Load.Files;

/// <summary><c>files</c>: random reads of 4 KiB, many at a time.</summary>
internal static class FilesCommand
{
    private const double WarmUpSeconds = 1.5;
    private const int WarmUpReads = 10_000;
    private const int PauseMilliseconds = 30;

    public static Command Create(TextWriter output)
    {
        var peer = new Option<string>("--peer")
        {
            Description = "Who reads: tulip as it is, or by one way alone (completions of io_uring; at once from memory, else threads; threads); "
                + "random-access: RandomAccess.ReadAsync; file-stream: FileStream.ReadAsync, a stream a reader",
            DefaultValueFactory = _ => "tulip",
        };
        peer.AcceptOnlyFromAmong([.. ReadPeer.Names]);
        var engine = new Option<string>("--engine") { Description = "Tulip's engine: " + string.Join(", ", EngineSelector.Names), DefaultValueFactory = _ => "auto" };
        var cold = new Option<bool>("--cold") { Description = "From the disk; else from the system's memory" };
        var path = new Option<string>("--file") { Description = "The file to read; made if it is not there", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "tulip-blocks") };
        var megabytes = new Option<int>("--mib") { Description = "Its size", DefaultValueFactory = _ => 1024 };
        var inFlight = new Option<int>("--in-flight") { Description = "Reads at a time", DefaultValueFactory = _ => 64 };
        var n = new Option<int>("--n") { Description = "Reads in a round, each of another block while there are some", DefaultValueFactory = _ => 100_000 };
        var rounds = new Option<int>("--rounds") { Description = "Measured rounds, of which the median is printed", DefaultValueFactory = _ => 5 };

        var command = new Command("files", "Measures random reads of 4 KiB.") { peer, engine, cold, path, megabytes, inFlight, n, rounds };
        command.SetAction(parsed =>
        {
            var file = new BlockFile(parsed.GetRequiredValue(path), parsed.GetValue(megabytes) * 256);
            var run = new Reads(file, parsed.GetValue(cold), parsed.GetValue(inFlight), parsed.GetValue(n));
            var name = parsed.GetRequiredValue(peer);
            var line = run.Measure(ReadPeer.Of(name, parsed.GetRequiredValue(engine)), parsed.GetValue(rounds));
            line["peer"] = name;
            line["engine"] = parsed.GetRequiredValue(engine);
            output.WriteLine(line.ToJsonString());
            output.Flush();
            Environment.Exit(0);
        });
        return command;
    }

    private sealed class Reads(BlockFile file, bool isCold, int inFlight, int n)
    {
        private readonly Meter _meter = new(countsMemory: false);
        private readonly Random _random = new(7);

        public JsonObject Measure(ReadPeer peer, int rounds)
        {
            file.Make();
            WarmUp(peer);
            var samples = new List<(Sample Sample, double FromDisk)>();
            for (var i = 0; i < rounds; i++)
            {
                if (isCold)
                    file.Cool();
                else
                    file.Warm();
                var before = BlockFile.BytesFromDisk();
                peer.Read(file, Choose(n), inFlight, _meter);
                samples.Add((_meter.Last, BlockFile.BytesFromDisk() - before));
                Thread.Sleep(PauseMilliseconds);
            }

            return new JsonObject
            {
                ["bench"] = isCold ? "files-cold" : "files-warm",
                ["n"] = n,
                ["in_flight"] = inFlight,
                ["rounds"] = rounds,
                ["reads_per_second"] = Number(samples, sample => n / sample.Sample.Seconds, 0),
                ["cpu_per_read_ns"] = Number(samples, sample => sample.Sample.CpuSeconds * 1e9 / n, 0),
                ["allocated_bytes_per_read"] = Number(samples, sample => (double)sample.Sample.AllocatedBytes / n, 1),
                ["pool_threads"] = ThreadPool.ThreadCount,
                ["disk_bytes_per_read"] = Number(samples, sample => sample.FromDisk / n, 0),
            };
        }

        private void WarmUp(ReadPeer peer)
        {
            file.Warm();
            var begin = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < WarmUpSeconds)
            {
                if (isCold)
                    file.Cool();
                peer.Read(file, Choose(WarmUpReads), inFlight, _meter);
                Thread.Sleep(PauseMilliseconds);
            }
        }

        private int[] Choose(int count)
        {
            var order = Enumerable.Range(0, file.Blocks).ToArray();
            _random.Shuffle(order);
            return [.. Enumerable.Range(0, count).Select(i => order[i % order.Length])];
        }

        private static JsonNode Number(List<(Sample Sample, double FromDisk)> samples, Func<(Sample Sample, double FromDisk), double> value, int digits)
            => JsonValue.Create(decimal.Parse(
                samples.Select(value).Order().ElementAt(samples.Count / 2).ToString("F" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }
}
