// Puts load on a Redis server and prints one line of JSON: Tulip.RedisLoad SOCKET concurrent|pipelined SECONDS
//   concurrent: 64 tasks, each of which sets a key and gets it again, over and over.
//   pipelined:  one task that sends 100 commands at a time, half of them sets.
// bench/peers/asyncio/redis_load.py is the same program in Python; bench/run-redis runs both.
using System.Diagnostics;
using System.Globalization;
using Tulip;
using Tulip.Redis;
using static Tulip.Aio;

const int Tasks = 64;
const int Batch = 100;
const double WarmUp = 5;

if (args is not [var socket, "concurrent" or "pipelined", var text] || !double.TryParse(text, CultureInfo.InvariantCulture, out var seconds))
{
    Console.Error.WriteLine("usage: Tulip.RedisLoad SOCKET concurrent|pipelined SECONDS");
    return 2;
}

var value = new string('x', 100);
var commands = 0L;
return Run(Main());

async Coroutine<int> Main()
{
    await using var redis = await RedisClient.Connect(new RedisOptions { UnixPath = socket });

    // With a pause in between: code is compiled a second time only when no new code has run for a while.
    await Load(redis, WarmUp / 2);
    await Sleep(0.3);
    await Load(redis, WarmUp / 2);
    await Sleep(0.3);

    commands = 0;
    var process = Process.GetCurrentProcess();
    var processor = process.TotalProcessorTime;
    var allocated = GC.GetTotalAllocatedBytes();
    var clock = Stopwatch.StartNew();
    await Load(redis, seconds);
    var elapsed = clock.Elapsed.TotalSeconds;
    process.Refresh();
    var used = (process.TotalProcessorTime - processor).TotalSeconds;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{{\"commands\": {commands}, \"per_second\": {commands / elapsed:F0}, \"cpu_us\": {used * 1e6 / commands:F3}, \"allocated_bytes\": {(GC.GetTotalAllocatedBytes() - allocated) / commands}}}"));
    return 0;
}

async Coroutine Load(RedisClient redis, double duration)
{
    var end = GetRunningLoop().Time + duration;
    await Gather(args[1] == "concurrent" ? Enumerable.Range(0, Tasks).Select(i => SetAndGet(redis, $"key{i}", end)) : [Batches(redis, end)]);
}

async Coroutine<int> SetAndGet(RedisClient redis, string key, double end)
{
    while (GetRunningLoop().Time < end)
    {
        await redis.Set(key, value);
        await redis.Get(key);
        commands += 2;
    }

    return 0;
}

async Coroutine<int> Batches(RedisClient redis, double end)
{
    var batch = new Future<bool>[Batch];
    while (GetRunningLoop().Time < end)
    {
        for (var i = 0; i < Batch; i += 2)
        {
            batch[i] = CreateTask(redis.Set("key", value));
            batch[i + 1] = CreateTask(Has(redis, "key"));
        }

        await Gather(batch);
        commands += Batch;
    }

    return 0;
}

static async Coroutine<bool> Has(RedisClient redis, string key) => await redis.Get(key) is not null;
