"""Compiles the OpenFX shim with the system's C compiler."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from doublure.core.errors import DoublureError

__all__ = ["architecture", "compile_shim", "find_compiler"]

SOURCES = Path(__file__).parent / "src"
FLAGS = (
    "-std=c11",
    "-O3",
    "-g1",
    "-fPIC",
    "-fvisibility=hidden",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-pthread",
)
LINK = ("-shared", "-Wl,-z,relro,-z,now", "-lm", "-ldl")
_SECONDS = 300


def architecture() -> str:
    """The folder in a bundle for this machine's binaries, as the OpenFX standard names it.

    Raises:
        DoublureError: the standard has none, or Doublure does not support the system.
    """
    system, machine = platform.system(), platform.machine()
    if system == "Linux" and machine in ("x86_64", "AMD64"):
        return "Linux-x86-64"
    raise DoublureError(
        f"the OpenFX bundle is not supported on {system} {machine}",
        remedy="build it on Linux x86-64, or render with doublure render",
    )


def find_compiler() -> list[str]:
    """The command of the C compiler: ``$CC``, else the first of cc, gcc and clang.

    Raises:
        DoublureError: there is none.
    """
    named = shlex.split(os.environ.get("CC", ""))
    for command in [named] if named else [["cc"], ["gcc"], ["clang"]]:
        found = shutil.which(command[0])
        if found:
            return [found, *command[1:]]
    raise DoublureError(
        f"the C compiler {named[0]} is not there" if named else "there is no C compiler",
        remedy="correct $CC or unset it" if named else "install gcc or clang, or name one in $CC",
    )


def compile_shim(
    output: Path,
    *,
    extra: Sequence[str] = (),
    sources: Sequence[Path] | None = None,
    link: Sequence[str] = LINK,
) -> None:
    """Compile and link into the file ``output``.

    Args:
        output: the library; its folder exists.
        extra: further flags, after ours.
        sources: by default the shim's own.
        link: flags for the linker.

    Raises:
        DoublureError: no compiler, or it failed; the sentence has its first complaint.
    """
    files = sorted(SOURCES.glob("*.c")) if sources is None else list(sources)
    command = [*find_compiler(), *FLAGS, *extra, "-o", str(output), *map(str, files), *link]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DoublureError(
            f"the C compiler {command[0]} cannot be run ({error})", remedy="name another in $CC"
        ) from error
    if done.returncode != 0:
        lines = [
            line for line in done.stderr.splitlines() if "error:" in line or "undefined" in line
        ] or done.stderr.splitlines()
        complaint = lines[0].strip() if lines else f"exit code {done.returncode}"
        raise DoublureError(
            f"the C compiler {command[0]} failed ({complaint})",
            remedy="report this with the compiler's version, or name another in $CC",
        )
