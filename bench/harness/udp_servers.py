"""The UDP echo servers: how each is built and started. All take --port P, and print `ready`."""

from harness import toolchains
from harness.echo_servers import Server
from harness.tools import PEERS


class C(Server):
    packages = ("gcc", "libc6-dev")

    def prepare(self):
        program, self.version = toolchains.c("peers/c/echo-udp.c")
        self.command = [program]


class Node(Server):
    packages = ("nodejs",)
    jit = True

    def prepare(self):
        self.version = toolchains.node()
        self.command = ["node", PEERS / "node" / "echo-udp.mjs"]


class Asyncio(Server):
    packages = ("python3",)

    def prepare(self):
        python, self.version = toolchains.cpython()
        self.command = [python, PEERS / "asyncio" / "echo_udp.py"]


class Uvloop(Server):
    packages = ("python3-uvloop",)

    def prepare(self):
        python, self.version = toolchains.debian_python("uvloop")
        self.command = [python, PEERS / "uvloop" / "echo_udp.py"]


class Tulip(Server):
    jit = True

    def __init__(self, engine):
        super().__init__("tulip" if engine == "auto" else f"tulip-{engine}")
        self.engine = engine
        self.extra = engine in ("auto", "portable")

    def prepare(self):
        library, self.version = toolchains.dotnet("Tulip.Load")
        self.command = ["dotnet", "exec", library, "serve", "udp-echo", "--engine", self.engine]


def all_servers():
    return [C("c"), Node("node"), Uvloop("uvloop"), Asyncio("asyncio"),
            *(Tulip(engine) for engine in ("auto", "io_uring", "epoll", "portable"))]
