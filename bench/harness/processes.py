"""
Starting programs pinned to a processor, and ending each that was started, however the runner ends.

Invariant: whoever starts a program does it in `with running(...)`; a signal becomes SystemExit, so the block is left in
order; and should the runner be killed outright, the kernel tells its children (PR_SET_PDEATHSIG).
"""

import contextlib
import ctypes
import os
import pathlib
import resource
import selectors
import signal
import socket
import subprocess
import tempfile
import time

START = 30  # seconds until a server must be ready
END = 3  # seconds between asking a program to end and ending it

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class Broken(Exception):
    """A program did not do what it should; the text says what it said. `code` is what it ended with, if it did."""

    def __init__(self, text, code=None):
        super().__init__(text)
        self.code = code


def end_on_signals():
    def end(number, _frame):
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def pinned(command, cpu):
    return ["taskset", "-c", str(cpu), *map(str, command)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last_line(text, otherwise):
    lines = text.strip().splitlines()
    return lines[-1] if lines else otherwise


def cpu_seconds(pid):
    """User and system time of all threads of a process, ended ones included."""
    clock = ctypes.c_int()
    if LIBC.clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        raise Broken("it has ended")
    return time.clock_gettime(clock.value)


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running(command, cpu, folder, environment=None):
    """A process whose output is piped and whose errors go to errors.txt in the folder; it is ended with the block."""
    with open(pathlib.Path(folder) / "errors.txt", "wb") as errors:
        process = subprocess.Popen(
            pinned(command, cpu), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C comes to the runner alone
            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM))
    try:
        yield process
    finally:
        stop(process)
        process.stdout.close()


def wait_until_ready(process, folder):
    deadline = time.monotonic() + START
    seen = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while b"ready" not in seen.split():
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise Broken(f"not ready within {START} s")
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                code = process.wait()
                said = (pathlib.Path(folder) / "errors.txt").read_text(errors="replace")
                raise Broken(last_line(said or seen.decode(errors="replace"), f"ended with {code}"), code)
            seen += piece


@contextlib.contextmanager
def server(command, cpu, unix=False, environment=None):
    """Yields (process, where): a server that is ready, and the load's words for where it listens."""
    with tempfile.TemporaryDirectory(prefix="tulip-bench-") as folder:
        where = ["--unix", str(pathlib.Path(folder) / "socket")] if unix else ["--port", str(free_port())]
        with running([*command, *where], cpu, folder, environment) as process:
            wait_until_ready(process, folder)
            yield process, where


def answer(command, cpu, timeout):
    """What a program that ends by itself prints."""
    with tempfile.TemporaryDirectory(prefix="tulip-bench-") as folder, running(command, cpu, folder) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Broken(f"no end within {timeout:.0f} s") from None
        if process.returncode != 0:
            said = (pathlib.Path(folder) / "errors.txt").read_text(errors="replace")
            raise Broken(last_line(said, f"ended with {process.returncode}"), process.returncode)
        return output.decode()
