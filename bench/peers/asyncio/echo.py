"""Echo server on asyncio: echo.py --port P [--unix PATH] [--style protocol|streams] [--tls PEM]."""

import argparse
import asyncio
import signal
import ssl

READ = 64 * 1024


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def echo(reader, writer):
    try:
        while data := await reader.read(READ):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def settle_malloc():
    """
    asyncio receives into 256 KiB, which glibc maps and unmaps for each message until the first time that a larger block
    is freed: then it keeps such memory. Any program of some size gets there; so does this one, at once.
    """
    bytearray(1 << 20)  # freed at once


def secure(pem):
    if pem is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def serve(arguments):
    loop = asyncio.get_running_loop()
    options = {"backlog": 4096, "ssl": secure(arguments.tls)}
    if arguments.style == "protocol":
        if arguments.unix:
            server = await loop.create_unix_server(Echo, arguments.unix, **options)
        else:
            server = await loop.create_server(Echo, "127.0.0.1", arguments.port, **options)
    elif arguments.unix:
        server = await asyncio.start_unix_server(echo, arguments.unix, **options)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", arguments.port, **options)
    print("ready", flush=True)
    await server.serve_forever()


def main(run=asyncio.run):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--unix", metavar="PATH")
    parser.add_argument("--style", choices=["protocol", "streams"], default="protocol")
    parser.add_argument("--tls", metavar="PEM", help="certificate and key")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settle_malloc()
    run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
