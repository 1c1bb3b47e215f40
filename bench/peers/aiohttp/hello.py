"""HTTP server on aiohttp: hello.py --port P [--unix PATH] [--loop asyncio|uvloop]. What it serves: bench/README.md."""

import argparse
import asyncio
import signal

from aiohttp import web

LARGE = b"x" * (1024 * 1024)


async def text(_request):
    return web.Response(text="Hello, World!")


async def json(_request):
    return web.json_response({"text": "Hello, World!"})


async def large(_request):
    return web.Response(body=LARGE, content_type="application/octet-stream")


def settle_malloc():
    """As in asyncio/echo.py, which says why."""
    bytearray(1 << 20)  # freed at once


async def serve(arguments):
    application = web.Application()
    application.add_routes([web.get("/", text), web.get("/json", json), web.get("/1mb", large)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    if arguments.unix:
        site = web.UnixSite(runner, arguments.unix, backlog=4096)
    else:
        site = web.TCPSite(runner, "127.0.0.1", arguments.port, backlog=4096)
    await site.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--unix", metavar="PATH")
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settle_malloc()
    factory = None
    if arguments.loop == "uvloop":
        import uvloop  # not everybody has it

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(arguments))


if __name__ == "__main__":
    main()
