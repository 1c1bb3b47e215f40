"""A secured echo server and its client on asyncio or uvloop: tls-peer.py [--uvloop] [--starttls] serve|send FOLDER [PORT]."""

import argparse
import asyncio
import pathlib
import ssl
import sys


def context(folder, server):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(folder / "ca.pem")
    made.load_cert_chain(folder / ("server.pem" if server else "client.pem"))
    made.verify_mode = ssl.CERT_REQUIRED
    made.set_alpn_protocols(["tulip"])
    return made


async def serve(arguments):
    secure = context(arguments.folder, True)

    async def echo(reader, writer):
        if arguments.starttls:
            assert await reader.readline() == b"STARTTLS\n"
            writer.write(b"go\n")
            await writer.start_tls(secure)
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        print("end", flush=True)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=None if arguments.starttls else secure)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def send(arguments):
    secure = context(arguments.folder, False)
    options = {} if arguments.starttls else {"ssl": secure, "server_hostname": "localhost"}
    reader, writer = await asyncio.open_connection("127.0.0.1", arguments.port, **options)
    if arguments.starttls:
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"go\n"
        await writer.start_tls(secure, server_hostname="localhost")
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "tulip"
    data = sys.stdin.buffer.read()

    async def send_all():
        for start in range(0, len(data), 50000):
            writer.write(data[start:start + 50000])
            await writer.drain()

    sending = asyncio.create_task(send_all())
    sys.stdout.buffer.write(await reader.readexactly(len(data)))
    await sending
    writer.close()
    await writer.wait_closed()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--uvloop", action="store_true")
parser.add_argument("--starttls", action="store_true")
parser.add_argument("what", choices=["serve", "send"])
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("port", type=int, nargs="?")
options = parser.parse_args()
if options.uvloop:
    import uvloop

    uvloop.install()
asyncio.run(serve(options) if options.what == "serve" else send(options))
