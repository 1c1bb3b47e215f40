"""Sends its standard input and prints what comes back: client.py [--uvloop] --port P [--udp] | --unix PATH."""

import argparse
import asyncio
import sys


class Replies(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.received.put_nowait(data)


async def ask_by_datagrams(port):
    loop = asyncio.get_running_loop()
    transport, replies = await loop.create_datagram_endpoint(Replies, remote_addr=("127.0.0.1", port))
    size = 0
    # Of all lengths, the next one when the last has come back.
    while block := sys.stdin.buffer.read(size := size % 60000 + 997):
        transport.sendto(block)
        sys.stdout.buffer.write(await asyncio.wait_for(replies.received.get(), 10))
    transport.close()


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
parser.add_argument("--udp", action="store_true")
options = parser.parse_args()
if options.uvloop:
    import uvloop

    uvloop.install()
asyncio.run(ask_by_datagrams(options.port) if options.udp else main(options))
