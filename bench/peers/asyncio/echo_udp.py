"""UDP echo server on asyncio: echo_udp.py --port P."""

import argparse
import asyncio
import signal


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def serve(arguments):
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", arguments.port))
    print("ready", flush=True)
    await loop.create_future()


def main(run=asyncio.run):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
