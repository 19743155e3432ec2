"""The OpenFX bundle on the disk: laid out as the standard says, installed whole or not at all."""

from __future__ import annotations

import json
import os
import plistlib
import re
import shutil
import sys
import uuid
from importlib.metadata import version
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.nodes.ofx.build import architecture, compile_shim
from doublure.nodes.ofx.descriptors import OFFERED, descriptors
from doublure.nodes.ofx.icons import draw_icon

__all__ = ["BUNDLE", "default_folder", "install", "is_ours", "uninstall"]

BUNDLE = "Doublure.ofx.bundle"
BINARY = "Doublure.ofx"
STANDARD_FOLDER = Path("/usr/OFX/Plugins")


def default_folder() -> Path:
    """Where hosts look: the first folder in ``$OFX_PLUGIN_PATH``, else the standard's."""
    folders = [part for part in re.split("[:;]", os.environ.get("OFX_PLUGIN_PATH", "")) if part]
    return Path(folders[0]) if folders else STANDARD_FOLDER


def is_ours(bundle: Path) -> bool:
    """Whether a folder is an installed Doublure bundle."""
    return (bundle / "Contents" / "Resources" / "doublure.json").is_file() and not bundle.is_symlink()


def install(folder: Path, *, python: str = sys.executable, extra: tuple[str, ...] = ()) -> Path:
    """Build the bundle and put it into ``folder``, in place of an older one.

    Args:
        folder: made where it is missing.
        python: the interpreter that runs the render service; it must have this package.
        extra: further flags for the compiler.

    Returns:
        The bundle.

    Raises:
        DoublureError: no compiler, no right to write there, or another's folder is in the way.
    """
    bundle = folder / BUNDLE
    if os.path.lexists(bundle) and not is_ours(bundle):
        raise DoublureError(
            "something that is not a Doublure bundle is in the way", file=bundle, remedy="move it away"
        )
    # A hidden name without .ofx.bundle: no host looks into it while it is incomplete.
    building = folder / f".doublure-{uuid.uuid4().hex[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _fill(building, python, extra)
        _exchange(building, bundle)
    except OSError as error:
        raise _cannot(bundle, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return bundle


def uninstall(folder: Path) -> Path:
    """Remove the bundle from ``folder``.

    Returns:
        Where it was.

    Raises:
        DoublureError: there is none, it is not ours, or it cannot be removed.
    """
    bundle = folder / BUNDLE
    if not is_ours(bundle):
        raise DoublureError("there is no Doublure bundle", file=bundle, remedy="name its folder with --dir")
    going = folder / f".doublure-{uuid.uuid4().hex[:12]}"
    try:
        os.rename(bundle, going)
        shutil.rmtree(going)
    except OSError as error:
        raise _cannot(bundle, error) from error
    return bundle


def _cannot(bundle: Path, error: OSError) -> DoublureError:
    return DoublureError(
        f"the bundle cannot be written or removed ({error.strerror or error})",
        file=bundle,
        remedy="ask for the right, or name a folder of your own with --dir and in $OFX_PLUGIN_PATH",
    )


def _fill(bundle: Path, python: str, extra: tuple[str, ...]) -> None:
    contents = bundle / "Contents"
    binaries, resources = contents / architecture(), contents / "Resources"
    binaries.mkdir(parents=True)
    resources.mkdir()
    compile_shim(binaries / BINARY, extra=extra)
    _write_json(resources / "descriptors.json", descriptors())
    _write_json(resources / "doublure.json", {"python": python, "version": version("doublure")})
    for name in OFFERED:
        (resources / f"{name}.png").write_bytes(draw_icon(name))
    (contents / "Info.plist").write_bytes(
        plistlib.dumps(
            {
                "CFBundleExecutable": BINARY,
                "CFBundleIdentifier": "org.doublure.ofx",
                "CFBundleInfoDictionaryVersion": "6.0",
                "CFBundlePackageType": "BNDL",
                "CFBundleVersion": version("doublure"),
            }
        )
    )


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _exchange(building: Path, bundle: Path) -> None:
    """Put ``building`` where ``bundle`` is. A host that runs keeps the binary it has open."""
    if not bundle.exists():
        os.rename(building, bundle)
        return
    older = building.with_name(building.name + "-old")
    os.rename(bundle, older)
    try:
        os.rename(building, bundle)
    except OSError:
        os.rename(older, bundle)
        raise
    shutil.rmtree(older, ignore_errors=True)
