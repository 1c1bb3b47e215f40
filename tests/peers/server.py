"""Echo server on asyncio or uvloop: server.py [--uvloop] [--unix PATH]."""

import argparse
import asyncio


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main(path):
    if path:
        server = await asyncio.start_unix_server(echo, path)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--uvloop", action="store_true")
parser.add_argument("--unix")
arguments = parser.parse_args()
if arguments.uvloop:
    import uvloop

    uvloop.install()
asyncio.run(main(arguments.unix))
