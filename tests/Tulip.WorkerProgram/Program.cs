// A program with a process pool, started by tests. Its Main says so: a worker that ran it would be heard.
using Tulip;
using static Tulip.Aio;

Console.WriteLine($"main {Environment.ProcessId}");
return args[0] switch
{
    "squares" => Run(Squares()),
    "hold" => Hold(),
    "leave" => Leave(),
    "no-hooks" => NoHooks(),
    _ => throw new ArgumentException(args[0]),
};

static async Coroutine<int> Squares()
{
    using var pool = new ProcessPoolExecutor(2);
    var loop = GetRunningLoop();
    var results = await Gather(Enumerable.Range(1, 4).Select(n => loop.RunInExecutor(pool, Jobs.Square, n)));
    Console.WriteLine($"results {string.Join(' ', results)}");
    return 0;
}

// Two workers that would run for ever; the tests kill this process.
static int Hold()
{
    var pool = new ProcessPoolExecutor(2);
    for (var i = 0; i < 2; i++)
        pool.Submit(Jobs.BlockForEver);
    Thread.Sleep(Timeout.Infinite);
    return 1;
}

// Leaves its Main while a worker is busy.
static int Leave()
{
    var pool = new ProcessPoolExecutor(1);
    pool.Submit(Jobs.BlockForEver);
    Console.ReadLine();
    return 0;
}

static int NoHooks()
{
    AppContext.SetSwitch("System.StartupHookProvider.IsSupported", false);
    try
    {
        _ = new ProcessPoolExecutor();
        return 1;
    }
    catch (PlatformNotSupportedException exception)
    {
        Console.WriteLine(exception.Message);
        return 0;
    }
}

internal static class Jobs
{
    public static int Square(int number)
    {
        Console.WriteLine($"worker {Environment.ProcessId} squares {number}");
        return number * number;
    }

    public static void BlockForEver()
    {
        Console.WriteLine($"worker {Environment.ProcessId}");
        Thread.Sleep(Timeout.Infinite);
    }
}
