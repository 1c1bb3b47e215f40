using System.Globalization;
using FinderLoad;

const string Usage = """
    Measures 'charfinder web', in a process of its own, and prints what was seen:

      finder-load texts                             the texts' two queries, warm: time, rows, bytes
      finder-load stall [--rounds N] [--seconds S]  one client asks for 'braille' while another streams all of 'cjk'
      finder-load live [--clients N] [--searches N] [--slow N] [--pause MILLISECONDS]
                                                    a search told to all who watch; --slow of them do not read

    --server-cpu N keeps the server on one processor, --load-cpu N the clients of 'stall' (by taskset).
    """;

// A client of 'stall', started by it.
if (args is [PlainReader.Name, var port])
{
    PlainReader.Run(int.Parse(port, CultureInfo.InvariantCulture));
    return 0;
}

if (args is not [var scenario, .. var options] || options.Length % 2 is not 0)
    return Refuse();

var values = options.Chunk(2).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
int? TakeAny(string name) => values.Remove(name, out var value) ? value : null;
int Take(string name, int usual) => TakeAny(name) ?? usual;

var serverProcessor = TakeAny("--server-cpu");
Func<ServerProcess, Task>? run = scenario switch
{
    "texts" => TextsScenario.Run,
    "stall" => new StallScenario(Take("--rounds", 5), Take("--seconds", 3), TakeAny("--load-cpu")).Run,
    "live" => new LiveScenario(Take("--clients", 1000), Take("--searches", 300), Take("--slow", 0), Take("--pause", 50)).Run,
    _ => null,
};
if (run is null || values.Count > 0)
    return Refuse();

using var server = await ServerProcess.Start(serverProcessor);
await run(server);
return 0;

int Refuse()
{
    Console.Error.WriteLine(Usage);
    return 1;
}
