"""Finding and building a peer's program, and installing what it lacks."""

import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent.parent
PEERS = BENCH / "peers"


class Missing(Exception):
    """A peer cannot be built or run here; the text says what to install."""


def output_of(*command):
    """What a command prints, or None if it does not exist or fails."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return (run.stdout + run.stderr).strip()


def build(command, **options):
    run = subprocess.run(["nice", *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if run.returncode != 0:
        raise Missing("does not build:\n" + "\n".join(run.stdout.strip().splitlines()[-15:]))


def install(packages):
    # What it says must not get into the table.
    subprocess.run(["apt-get", "update"], stdout=sys.stderr, check=False)
    for package in dict.fromkeys(packages):
        # One by one: one that cannot be had must not keep the others away.
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", package], stdout=sys.stderr, check=False)


def prepare(peers, may_install):
    """
    Those that can be run, and name -> why not of the others. A peer has a name, a version once prepared, the Debian
    packages it needs, and prepare(), which builds it or raises Missing.
    """
    ready, lacking = [], {}
    for peer in peers:
        for attempt in (True, False):
            try:
                peer.prepare()
                ready.append(peer)
                break
            except Missing as missing:
                if attempt and may_install and peer.packages:
                    install(peer.packages)
                    continue
                advice = f" (apt-get install {' '.join(peer.packages)})" if peer.packages else ""
                lacking[peer.name] = f"{missing}{advice}"
                break
        print(f"{peer.name}: {lacking.get(peer.name, peer.version)}", file=sys.stderr)
    return ready, lacking


def chosen(text, known, what):
    """The names in a comma-separated option, all if it is empty; an unknown one ends the program."""
    names = [name for name in text.split(",") if name] if text else list(known)
    for name in names:
        if name not in known:
            sys.exit(f"{pathlib.Path(sys.argv[0]).name}: no {what} '{name}'; there are {', '.join(known)}")
    return names
