"""Sends its standard input and prints what comes back: client.py [--uvloop] --port P | --unix PATH."""

import argparse
import asyncio
import sys


async def main(arguments):
    if arguments.unix:
        reader, writer = await asyncio.open_unix_connection(arguments.unix)
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", arguments.port)

    async def send():
        while block := sys.stdin.buffer.read(65536):
            writer.write(block)
            await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    while data := await reader.read(65536):
        sys.stdout.buffer.write(data)
    await sending
    writer.close()
    await writer.wait_closed()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--uvloop", action="store_true")
parser.add_argument("--port", type=int)
parser.add_argument("--unix")
options = parser.parse_args()
if options.uvloop:
    import uvloop

    uvloop.install()
asyncio.run(main(options))
