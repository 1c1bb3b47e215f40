using Tulip.Load.Harness;

namespace Tulip.Load.Latency;

/// <summary>The memory of one that sleeps.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="What">What it is, and how many slept.</param>
/// <param name="ResidentBytes">Memory that was added to the process for each.</param>
/// <param name="ReservedBytes">Addresses that were; null where the system does not tell.</param>
internal sealed record Sleepers(string Name, string What, double ResidentBytes, double? ReservedBytes)
{
    private const int Threads = 1000;
    private const int Tasks = 100_000;

    public static IEnumerable<Sleepers> Measure()
    {
        yield return OfTasks();
        yield return OfThreads();
    }

    private static Sleepers OfTasks()
    {
        using var runner = new Runner();
        return runner.Run(Crowd());

        static async Coroutine<Sleepers> Crowd()
        {
            // What the first of them makes is not a task's.
            await Aio.Gather(Enumerable.Range(0, 1000).Select(_ => Aio.Sleep(0.001)));
            var before = Memory.Now();
            for (var i = 0; i < Tasks; i++)
                Aio.StartSoon(Sleep());
            await Aio.Sleep(0);
            return Memory.Now().Each(before, Tasks, "task", "a sleeping task of Tulip's, one of 100,000");
        }

        static async Coroutine Sleep() => await Aio.Sleep(TimeSpan.FromHours(10));
    }

    private static Sleepers OfThreads()
    {
        using var morning = new ManualResetEventSlim();
        using var asleep = new CountdownEvent(Threads);
        var threads = new List<Thread>(Threads);
        var before = Memory.Now();
        try
        {
            for (var i = 0; i < Threads; i++)
            {
                var thread = new Thread(Sleep) { IsBackground = true };
                thread.Start();
                threads.Add(thread);
            }

            asleep.Wait();
            return Memory.Now().Each(before, Threads, "thread", "a sleeping thread, one of 1,000");
        }
        finally
        {
            morning.Set();
            foreach (var thread in threads)
                thread.Join();
        }

        void Sleep()
        {
            asleep.Signal();
            morning.Wait();
        }
    }

    private readonly record struct Memory(long Resident, long? Reserved)
    {
        public static Memory Now() => new(ProcessMemory.ResidentAfterCollection(), ProcessMemory.Reserved());

        public Sleepers Each(Memory before, int count, string name, string what)
            => new(name, what, (double)(Resident - before.Resident) / count, (double?)(Reserved - before.Reserved) / count);
    }
}
