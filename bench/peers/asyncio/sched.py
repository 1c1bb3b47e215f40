"""The scheduler benchmarks on asyncio: sched.py NAME [n]. Prints one line of JSON."""

import asyncio
import gc
import json
import os
import resource
import statistics
import sys
import time

BATCH = 10_000
HOUR = 3600.0


async def trivial():
    pass


async def spawn(n):
    for start in range(0, n, BATCH):
        tasks = [asyncio.create_task(trivial()) for _ in range(min(BATCH, n - start))]
        for task in tasks:
            await task


async def yield_(n):
    async def yielder(times):
        for _ in range(times):
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(yielder(n // 100)) for _ in range(100)]
    for task in tasks:
        await task


async def level(depth, x):
    return x if depth == 1 else await level(depth - 1, x) + 1


async def await_chain(n):
    total = 0
    for i in range(n):
        total += await level(10, i)
    assert total == n * (n - 1) // 2 + 9 * n


async def suspending_level(depth, x):
    if depth == 1:
        await asyncio.sleep(0)
        return x
    return await suspending_level(depth - 1, x) + 1


async def await_chain_suspend(n):
    total = 0
    for i in range(n):
        total += await suspending_level(10, i)
    assert total == n * (n - 1) // 2 + 9 * n


async def pingpong(n):
    there, back = asyncio.Queue(1), asyncio.Queue(1)

    async def pong():
        for _ in range(n // 2):
            await back.put(await there.get())

    other = asyncio.create_task(pong())
    for i in range(n // 2):
        await there.put(i)
        await back.get()
    await other


async def callsoon(n):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    chains = 100

    def start(left):
        def callback():
            nonlocal left, chains
            left -= 1
            if left > 0:
                loop.call_soon(callback)
            else:
                chains -= 1
                if chains == 0:
                    done.set_result(None)

        loop.call_soon(callback)

    for _ in range(100):
        start(n // 100)
    await done


def delays(n):
    """0 to 1000 ms, scattered; the same in every program here."""
    return (i * 7919 % 1001 / 1000 for i in range(n))


async def timers(n):
    tasks = [asyncio.create_task(asyncio.sleep(delay)) for delay in delays(n)]
    for task in tasks:
        await task


async def sleeper():
    await asyncio.sleep(HOUR)


async def start_sleepers(n):
    for _ in range(n):
        asyncio.create_task(sleeper())  # the loop's timer keeps it alive
    await asyncio.sleep(0)  # all have begun to sleep


async def cancel(n, meter):
    tasks = [asyncio.create_task(sleeper()) for _ in range(n)]
    await asyncio.sleep(0)
    gc.collect()
    meter.start()
    for task in tasks:
        task.cancel()
    for task in tasks:  # less than half the price of asyncio.wait
        try:
            await task
        except asyncio.CancelledError:
            pass
    meter.stop()


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Meter:
    def start(self):
        self.used = cpu()
        self.wall = time.perf_counter()

    def stop(self):
        self.wall = time.perf_counter() - self.wall
        self.used = cpu() - self.used


# What to run, how often in a round, and rounds. Fewer operations than elsewhere: each costs microseconds.
BENCHES = {
    "spawn": (spawn, 200_000, 5),
    "yield": (yield_, 1_000_000, 5),
    "await_chain": (await_chain, 200_000, 5),
    "await_chain_suspend": (await_chain_suspend, 200_000, 5),
    "pingpong": (pingpong, 200_000, 5),
    "callsoon": (callsoon, 1_000_000, 5),
    "timers": (timers, 100_000, 3),
    "sleepers_mem": (start_sleepers, 200_000, 1),
    "cancel": (cancel, 100_000, 3),
}


async def one_round(name, n):
    meter = Meter()
    if name == "cancel":  # it makes the sleepers first, unmeasured
        await cancel(n, meter)
    else:
        gc.collect()
        meter.start()
        await BENCHES[name][0](n)
        meter.stop()
    return meter


async def measure(name, n, rounds):
    if name != "sleepers_mem":  # memory kept from a warm-up would hide some of what is counted
        await one_round(name, max(n // 1000 * 100, 1000))
    before = resident()
    meters = [await one_round(name, n) for _ in range(rounds)]
    wall = statistics.median(meter.wall for meter in meters)
    line = {
        "bench": name,
        "n": n,
        "rounds": rounds,
        "seconds": round(wall, 6),
        "per_op_ns": round(wall / n * 1e9, 2),
        "cpu_per_op_ns": round(statistics.median(meter.used for meter in meters) / n * 1e9, 2),
        "peak_rss_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }
    if name == "sleepers_mem":
        gc.collect()
        line["bytes_per_task"] = round((resident() - before) / n, 1)
    print(json.dumps(line), flush=True)
    os._exit(0)  # sleepers are left where they are


def main(run=asyncio.run):
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in BENCHES:
        sys.exit(f"usage: {sys.argv[0]} NAME [n], NAME one of {', '.join(BENCHES)}")
    _, n, rounds = BENCHES[name]
    run(measure(name, int(sys.argv[2]) if len(sys.argv) > 2 else n, rounds))


if __name__ == "__main__":
    main()
