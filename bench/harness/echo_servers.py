"""The echo servers: how each is built and started. All take --port P or --unix PATH, and print `ready`."""

from harness import toolchains
from harness.tools import PEERS

MESSAGE_BUFFER = 64 * 1024  # a large message is read at once
IDLE_BUFFER = 4 * 1024  # where each connection owns a buffer, that is what an idle one costs


class Server:
    """A row of the tables."""

    packages = ()
    jit = False  # whether it compiles while it runs, and needs a long warm-up
    extra = False  # measured only if it is asked for by name
    environment = {}

    def __init__(self, name):
        self.name = name
        self.version = ""
        self.command = []

    def prepare(self):
        """Builds; sets the version and the command, or raises Missing."""
        raise NotImplementedError

    def arguments(self, _scenario):
        return []

    def excuse(self, broken):
        """Why it did not start, for the reader."""
        return str(broken)


def own_buffer(scenario):
    return ["--buffer", str(IDLE_BUFFER if scenario == "idle" else MESSAGE_BUFFER)]


class CEpoll(Server):
    packages = ("gcc", "libc6-dev")

    def prepare(self):
        program, self.version = toolchains.c("peers/c/echo-epoll.c")
        self.command = [program]


class CUring(Server):
    packages = ("gcc", "libc6-dev", "liburing-dev")

    def prepare(self):
        program, self.version = toolchains.c("peers/c/echo-uring.c", "uring")
        self.command = [program]

    def arguments(self, scenario):
        # They are shared by all connections: 8 of 64 KiB, else 128 of 4 KiB.
        return ["--buffer", str(MESSAGE_BUFFER)] if scenario == "64k" else []


class Tokio(Server):
    packages = ("librust-tokio-dev", "cargo", "rustc")

    def prepare(self):
        programs, self.version = toolchains.tokio()
        self.command = [programs / "echo"]

    def arguments(self, scenario):
        return own_buffer(scenario)


class Go(Server):
    packages = ("golang-go",)

    def prepare(self):
        program, self.version = toolchains.go("./echo", "echo")
        self.command = [program]

    def arguments(self, scenario):
        return own_buffer(scenario)


class Node(Server):
    packages = ("nodejs",)
    jit = True

    def prepare(self):
        self.version = toolchains.node()
        self.command = ["node", PEERS / "node" / "echo.mjs"]


class Asyncio(Server):
    packages = ("python3",)

    def prepare(self):
        python, self.version = toolchains.cpython()
        self.command = [python, PEERS / "asyncio" / "echo.py", "--style", self.name.partition("-")[2]]


class Uvloop(Server):
    packages = ("python3-uvloop",)

    def prepare(self):
        python, self.version = toolchains.debian_python("uvloop")
        self.command = [python, PEERS / "uvloop" / "echo.py", "--style", self.name.partition("-")[2]]


class DotNetSockets(Server):
    jit = True

    def __init__(self, name, environment):
        super().__init__(name)
        self.environment = environment

    def prepare(self):
        library, self.version = toolchains.dotnet("peers/dotnet/DotNetEcho")
        self.command = ["dotnet", "exec", library]

    def arguments(self, scenario):
        return own_buffer(scenario)


class Kestrel(Server):
    jit = True

    def prepare(self):
        library, self.version = toolchains.dotnet("peers/dotnet/KestrelPeer")
        self.command = ["dotnet", "exec", library, "echo"]


class Tulip(Server):
    jit = True
    usage = 2  # what Tulip.Load ends with if it does not know its arguments

    def __init__(self, style, engine):
        super().__init__(f"tulip-{style}" + ("" if engine == "auto" else f"-{engine}"))
        self.style, self.engine = style, engine
        self.extra = engine != "auto"

    def prepare(self):
        library, self.version = toolchains.dotnet("Tulip.Load")
        self.command = ["dotnet", "exec", library, "serve", "echo", "--style", self.style, "--engine", self.engine]

    def excuse(self, broken):
        return f"not built: Tulip.Load has no such 'serve echo' ({broken})" if broken.code == self.usage else str(broken)


class TulipEngine(Server):
    """An engine alone, without a loop: what is left when everything above it costs nothing."""

    jit = True
    extra = True

    def __init__(self, engine):
        super().__init__(f"tulip-engine-{engine}")
        self.engine = engine

    def prepare(self):
        library, self.version = toolchains.dotnet("Tulip.Load")
        self.command = ["dotnet", "exec", library, "engine-echo", "--engine", self.engine]


def all_servers():
    return [
        CEpoll("c-epoll"),
        CUring("c-io_uring"),
        Tokio("tokio"),
        Go("go"),
        Node("node"),
        Uvloop("uvloop-protocol"),
        Uvloop("uvloop-streams"),
        Asyncio("asyncio-protocol"),
        Asyncio("asyncio-streams"),
        DotNetSockets("dotnet-sockets", {}),
        DotNetSockets("dotnet-sockets-inline", {"DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS": "1"}),
        Kestrel("kestrel"),
        *(Tulip(style, engine) for engine in ("auto", "io_uring", "epoll", "portable") for style in ("protocol", "streams")),
        TulipEngine("io_uring"),
        TulipEngine("epoll"),
    ]
