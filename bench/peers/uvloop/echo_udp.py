"""The UDP echo server on uvloop: the asyncio program, on the other loop."""

import asyncio
import pathlib
import runpy

import uvloop


def run(main):
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


program = pathlib.Path(__file__).resolve().parent.parent / "asyncio" / "echo_udp.py"
runpy.run_path(str(program))["main"](run)
