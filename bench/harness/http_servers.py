"""The HTTP servers: how each is built and started. What they serve: bench/README.md."""

from harness import toolchains
from harness.echo_servers import Server
from harness.tools import PEERS


class Kestrel(Server):
    jit = True

    def prepare(self):
        library, self.version = toolchains.dotnet("peers/dotnet/KestrelPeer")
        self.command = ["dotnet", "exec", library, "http"]


class TulipKestrel(Server):
    """The same handlers, with connections of an event loop's; `sockets`: the same program with stock connections."""

    jit = True

    def __init__(self, engine):
        super().__init__(f"tulip-{engine}")
        self.engine = engine
        self.extra = engine in ("sockets", "portable")

    def prepare(self):
        library, self.version = toolchains.dotnet("Tulip.Load")
        transport = ["--transport", "sockets"] if self.engine == "sockets" else ["--transport", "tulip", "--loops", "1", "--engine", self.engine]
        self.command = ["dotnet", "exec", library, "serve", "http", *transport]


class Aiohttp(Server):
    packages = ("python3-aiohttp", "python3-uvloop")

    def __init__(self, name, loop):
        super().__init__(name)
        self.loop = loop

    def prepare(self):
        python, self.version = toolchains.debian_python("aiohttp", *(["uvloop"] if self.loop == "uvloop" else []))
        self.command = [python, PEERS / "aiohttp" / "hello.py", "--loop", self.loop]


class Node(Server):
    packages = ("nodejs",)
    jit = True

    def prepare(self):
        self.version = toolchains.node()
        self.command = ["node", PEERS / "node" / "http.mjs"]


class Go(Server):
    packages = ("golang-go",)

    def prepare(self):
        program, self.version = toolchains.go("./http", "http")
        self.command = [program]


def all_servers():
    return [
        Kestrel("kestrel"),
        *(TulipKestrel(engine) for engine in ("epoll", "io_uring", "portable", "sockets")),
        Go("go"),
        Node("node"),
        Aiohttp("aiohttp", "asyncio"),
        Aiohttp("aiohttp-uvloop", "uvloop"),
    ]
