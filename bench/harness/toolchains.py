"""Each language's tools: which there are, their version, how a program of bench/peers is built. All raise Missing."""

import functools
import glob
import json
import os
import pathlib
import shutil
import tempfile

from harness.tools import BENCH, PEERS, Missing, build, output_of

CRATES = pathlib.Path("/usr/share/cargo/registry")


@functools.cache
def dotnet(project):
    """A project's built library and the runtime's version; project is a folder of bench."""
    if not output_of("dotnet", "--version"):
        raise Missing("the .NET SDK of global.json is missing")
    if not (BENCH / project).is_dir():
        raise Missing(f"bench/{project} is missing")
    name = pathlib.Path(project).name
    # Its own folder: a build that runs meanwhile elsewhere in the repository changes nothing here.
    artifacts = PEERS / "dotnet" / "obj"
    build(["dotnet", "build", BENCH / project, "-c", "Release", "--artifacts-path", artifacts, "-v", "quiet", "-nologo", "-nodeReuse:false"])
    found = list((artifacts / "bin" / name).glob(f"release*/{name}.dll"))
    if not found:
        raise Missing(f"{name}.dll is not where it was built")
    options = json.loads(found[0].with_suffix(".runtimeconfig.json").read_text())["runtimeOptions"]
    wanted = (options.get("framework") or options["frameworks"][0])["version"]
    major = wanted.partition(".")[0]
    installed = [line.split()[1] for line in (output_of("dotnet", "--list-runtimes") or "").splitlines()
                 if line.startswith(f"Microsoft.NETCore.App {major}.")]
    return found[0], ".NET " + (installed[-1] if installed else wanted)


@functools.cache
def cpython():
    """The newest Python that asyncio can be measured with, and its version."""
    pyenv = output_of("pyenv", "root")
    built = sorted(glob.glob(f"{pyenv}/versions/3.13*/bin/python3.13")) if pyenv else []
    for python in ["python3.13", *reversed(built), "python3"]:
        version = output_of(python, "--version")
        if version:
            break
    else:
        raise Missing("no python3")
    if python in built:
        # pyenv builds it as its configuration says; only that can be asked for.
        arguments = output_of(python, "-c", "import sysconfig; print(sysconfig.get_config_var('CONFIG_ARGS'))") or ""
        version += "" if "enable-optimizations" in arguments else ", built without profile-guided optimization"
    return python, version


@functools.cache
def debian_python(*modules):
    """Debian's Python, which has Debian's modules, and the version of the first of them."""
    python = "/usr/bin/python3"
    version = output_of(python, "-c", f"import {', '.join(modules)}, platform; print({modules[0]}.__version__, 'on Python', platform.python_version())")
    if not version or "Error" in version:
        raise Missing(f"/usr/bin/python3 has no {' or no '.join(modules)}")
    return python, f"{modules[0]} {version}"


def node():
    version = output_of("node", "--version")
    if not version:
        raise Missing("no node")
    return version


def go(package, name):
    """The program built of a folder of bench/peers/go, and Go's version."""
    version = output_of("go", "version")
    if not version:
        raise Missing("no go")
    program = PEERS / "go" / "bin" / name
    build(["go", "build", "-trimpath", "-o", program, package], cwd=PEERS / "go", env={**os.environ, "GOTOOLCHAIN": "local"})
    return program, version.removeprefix("go version ").split()[0]


@functools.cache
def tokio():
    """The folder of all programs of bench/peers/tokio, built, and the versions."""
    crate = sorted(CRATES.glob("tokio-[0-9]*"))
    if not crate:
        raise Missing("no crates of Debian's")
    failure = None
    # The cargo on the path may be newer, and its code faster, than Debian's.
    for cargo in dict.fromkeys([shutil.which("cargo"), "/usr/bin/cargo"]):
        if not cargo or not output_of(cargo, "--version"):
            continue
        try:
            programs = build_tokio(cargo)
        except Missing as missing:
            failure = missing
            continue
        rustc = output_of(pathlib.Path(cargo).with_name("rustc"), "--version") or output_of("rustc", "--version") or "rustc"
        return programs, f"{crate[-1].name.replace('-', ' ')}, {' '.join(rustc.split()[:2])}"
    raise failure or Missing("no cargo")


def build_tokio(cargo):
    target = PEERS / "tokio" / "obj"
    # In a folder of its own: cargo would write a lock file beside the manifest.
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        shutil.copy(PEERS / "tokio" / "Cargo.toml", work)
        shutil.copytree(PEERS / "tokio" / "src", work / "src")
        home = work / "home"
        home.mkdir()
        (home / "config.toml").write_text(
            f'[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "{CRATES}"\n')
        rustc = pathlib.Path(cargo).with_name("rustc")
        environment = {**os.environ, "CARGO_HOME": str(home), "CARGO_TARGET_DIR": str(target)}
        if rustc.exists():
            environment["RUSTC"] = str(rustc)
        build([cargo, "build", "--release", "--offline", "--quiet"], cwd=work, env=environment)
    return target / "release"


def c(source, *libraries):
    """The program built of a C file of bench, and the compiler's version."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        raise Missing("no C compiler")
    source = BENCH / source
    program = source.parent / "bin" / source.stem
    program.parent.mkdir(exist_ok=True)
    build([compiler, "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-o", program, source, *(f"-l{library}" for library in libraries)])
    return program, (output_of(compiler, "--version") or "cc").splitlines()[0]
