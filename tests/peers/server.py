"""Echo server on asyncio or uvloop: server.py [--uvloop] [--unix PATH | --udp]."""

import argparse
import asyncio


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def serve_datagrams():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(EchoDatagrams, local_addr=("127.0.0.1", 0))
    print("port", transport.get_extra_info("sockname")[1], flush=True)
    await loop.create_future()


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
parser.add_argument("--udp", action="store_true")
arguments = parser.parse_args()
if arguments.uvloop:
    import uvloop

    uvloop.install()
asyncio.run(serve_datagrams() if arguments.udp else main(arguments.unix))
