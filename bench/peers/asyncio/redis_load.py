#!/usr/bin/env python3
"""
The load of bench/Tulip.RedisLoad with redis-py's asyncio client: redis_load.py SOCKET concurrent|pipelined SECONDS

Prints one line of JSON. redis-py has a connection for each command under way, so 64 tasks use up to 64; `pipelined` is its
pipeline(). The parser is hiredis, where it is installed.
"""

import asyncio
import json
import resource
import sys
import time

import redis
import redis.asyncio

TASKS = 64
BATCH = 100
VALUE = "x" * 100
commands = 0


async def set_and_get(client, key, end):
    global commands
    while time.monotonic() < end:
        await client.set(key, VALUE)
        await client.get(key)
        commands += 2


async def batches(client, end):
    global commands
    while time.monotonic() < end:
        pipeline = client.pipeline(transaction=False)
        for _ in range(BATCH // 2):
            pipeline.set("key", VALUE)
            pipeline.get("key")
        await pipeline.execute()
        commands += BATCH


async def load(client, scenario, seconds):
    end = time.monotonic() + seconds
    if scenario == "pipelined":
        await batches(client, end)
    else:
        await asyncio.gather(*(set_and_get(client, f"key{i}", end) for i in range(TASKS)))


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def main(socket, scenario, seconds):
    global commands
    client = redis.asyncio.Redis(unix_socket_path=socket, decode_responses=True)
    await load(client, scenario, 0.5)
    commands = 0
    processor, clock = processor_time(), time.monotonic()
    await load(client, scenario, float(seconds))
    elapsed, used = time.monotonic() - clock, processor_time() - processor
    print(json.dumps({"commands": commands, "per_second": round(commands / elapsed), "cpu_us": round(used * 1e6 / commands, 3)}))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] not in ("concurrent", "pipelined"):
        sys.exit("usage: redis_load.py SOCKET concurrent|pipelined SECONDS")
    asyncio.run(main(*sys.argv[1:]))
