"""Copies our files into a folder of a host, and takes them out again. Nothing of the user's is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.gizmos.manifest import NAME, Manifest, digest, read_manifest, write_manifest


@dataclass(frozen=True)
class Change:
    """What a copy or a removal did.

    Attributes:
        touched: files written or removed.
        kept: copies of files that somebody had edited by hand, beside them, with ``.bak`` behind the name.
    """

    touched: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


def copy_files(files: Mapping[str, bytes], folder: Path, made: Iterable[str] = ()) -> Change:
    """Make the folder hold these files, in the version given; other files in it are left alone.

    Args:
        files: path below the folder -> content.
        folder: made where it is missing.
        made: files elsewhere that did not exist before; kept in the folder's record.

    Raises:
        DoublureError: the folder holds things and is not ours, or cannot be written.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DoublureError(
                "this is there already and was not installed by Doublure",
                file=folder,
                remedy="move it away, or choose another folder with --dir",
            )
        manifest = Manifest()
    _make(folder)
    change = _remove({name: old for name, old in manifest.files.items() if name not in files}, folder)
    touched, kept = list(change.touched), list(change.kept)
    for name, content in files.items():
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        if path.exists() and (name not in manifest.files or _edited(path, manifest.files[name])):
            kept.append(_set_aside(path))
        _make(path.parent)
        with atomic_file(path) as temporary:
            temporary.write_bytes(content)
            temporary.chmod(0o644)
        touched.append(path)
    record = Manifest(
        {name: digest(content) for name, content in files.items()},
        tuple(dict.fromkeys((*manifest.made, *made))),
    )
    if record != manifest:
        write_manifest(folder, record)
    return Change(tuple(touched), tuple(kept))


def remove_files(folder: Path) -> Change:
    """Take out what ``copy_files`` put there, and the folder where nothing else is in it.

    Returns:
        Nothing touched where nothing was installed.

    Raises:
        DoublureError: the folder is not ours, or cannot be changed.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        if folder.exists():
            raise DoublureError(
                "this was not installed by Doublure",
                file=folder,
                remedy="remove it by hand if it is not needed",
            )
        return Change()
    change = _remove(manifest.files, folder)
    try:
        (folder / NAME).unlink()
        _remove_empty(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return change


def _remove(files: Mapping[str, str], folder: Path) -> Change:
    touched, kept = [], []
    for name, old in files.items():
        path = folder / name
        try:
            for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
                compiled.unlink()
            if not path.is_file():
                continue
            if _edited(path, old):
                kept.append(_set_aside(path))
            else:
                path.unlink()
                touched.append(path)
        except OSError as error:
            raise _unwritable(path, error) from error
    return Change(tuple(touched), tuple(kept))


def _edited(path: Path, old: str) -> bool:
    return bool(digest(path.read_bytes()) != old)


def _set_aside(path: Path) -> Path:
    """Rename to the first free name of ``x.bak``, ``x.bak2``…: hosts load neither."""
    number = 1
    while True:
        spare = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        if not spare.exists():
            return path.rename(spare)
        number += 1


def _remove_empty(folder: Path) -> None:
    inner = sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True)
    for path in (*inner, folder):
        if not any(path.iterdir()):
            path.rmdir()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(path: Path, error: OSError) -> DoublureError:
    return DoublureError(
        f"this cannot be changed ({error.strerror})", file=path, remedy="check the folder's rights"
    )
