"""Files on the disk against the files in frames.json."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from doublure.core.check.finding import Level
from doublure.core.errors import DoublureError
from doublure.core.provenance.finding import Finding, finding
from doublure.core.provenance.hashes import FileHash, hash_files
from doublure.core.provenance.record import ListedFile, ListedFrame, ListedFrames

_AGAIN = "get the original frame, or render the version anew under a new number"
_ORIGINAL = "get the file that the shot was made with"


def compare_frames(
    folder: Path,
    listed: ListedFrames,
    *,
    extra: bool,
    threads: int = 2,
    progress: Callable[[int], None] | None = None,
) -> list[Finding]:
    """Hash every listed frame in ``folder`` again.

    Args:
        folder: where the frames lie now.
        listed: what they should be.
        extra: whether a frame of the same name with another number is a fault.
        threads, progress: as ``hash_files``.

    Returns:
        Errors: missing, renamed, changed, holding another frame, not readable, not listed.
    """
    if not folder.is_dir():
        return [
            finding(
                "the folder of the frames is not there",
                "name the folder where they lie now (--frames, --plate)",
                str(folder),
            )
        ]
    hashes = hash_files(
        [(f.number, folder / f.name) for f in listed.frames], threads=threads, progress=progress
    )
    unlisted = _unlisted(folder, listed)
    by_hash = {frame.sha256: frame for frame in listed.frames}
    missing = [f for f in listed.frames if not (folder / f.name).exists()]
    renamed = _renamed(folder, unlisted, missing, threads)
    findings = []
    for frame, found in zip(listed.frames, hashes, strict=True):
        if frame in missing:
            now = renamed.get(frame.number)
            what = f"the frame is now named {now}" if now else "the frame is missing"
            findings.append(
                finding(what, f"name it {frame.name}" if now else _AGAIN, frame.name, frame.number)
            )
        elif isinstance(found, DoublureError):
            findings.append(finding(found.what, found.remedy or _AGAIN, frame.name, frame.number))
        elif found.sha256 != frame.sha256:
            findings.append(finding(_changed(frame, found, by_hash), _AGAIN, frame.name, frame.number))
    if extra:
        shape = _shape(listed.frames[0])
        for name in unlisted:
            match = shape.fullmatch(name)
            if match and name not in renamed.values():
                what, number = "the frame was added, it is not in the list", int(match[1])
                findings.append(finding(what, "remove it", name, number))
    return findings


def compare_file(
    folder: Path, listed: ListedFile, found: FileHash | DoublureError, absent: Level
) -> Finding | None:
    """One listed file against what was found at its place; None where they agree.

    Args:
        folder: of frames.json.
        listed: what it should be.
        found: its hash now, or why there is none.
        absent: "warning" where the file need not be at hand.
    """
    if isinstance(found, DoublureError):
        if not (folder / listed.path).exists():
            what = f"the {listed.role} is not at hand, so it was not compared"
            return finding(what, f"put it there: {_ORIGINAL}", listed.path, level=absent)
        return finding(found.what, found.remedy or _ORIGINAL, listed.path)
    if found.sha256 != listed.sha256:
        return finding(
            f"the {listed.role} is not the one that the shot was made with", _ORIGINAL, listed.path
        )
    return None


def _changed(frame: ListedFrame, found: FileHash, by_hash: dict[str, ListedFrame]) -> str:
    other = by_hash.get(found.sha256)
    if other is not None:
        return f"it holds frame {other.number}"
    if found.size != frame.size:
        return f"the frame has {found.size} bytes, not {frame.size} as when it was signed"
    return "the frame was changed after it was signed"


def _unlisted(folder: Path, listed: ListedFrames) -> list[str]:
    """Names of the other files in the folder; hidden ones are temporary files or the system's."""
    names = {frame.name for frame in listed.frames}
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.name not in names and not path.name.startswith(".") and not path.is_dir()
    )


def _renamed(folder: Path, unlisted: list[str], missing: list[ListedFrame], threads: int) -> dict[int, str]:
    """Frame number -> the name under which its content lies now."""
    sizes = {frame.size for frame in missing}
    names = [
        name for name in unlisted if (folder / name).is_file() and (folder / name).stat().st_size in sizes
    ]
    found = hash_files([(None, folder / name) for name in names], threads=threads)
    by_hash = {h.sha256: name for name, h in zip(names, found, strict=True) if isinstance(h, FileHash)}
    return {frame.number: by_hash[frame.sha256] for frame in missing if frame.sha256 in by_hash}


def _shape(frame: ListedFrame) -> re.Pattern[str]:
    """Names that differ from this frame's in the number alone."""
    match = re.fullmatch(r"(.*?)(-?\d+)(\D*)", frame.name, re.DOTALL)
    if match is None or int(match[2].lstrip("-")) != abs(frame.number):
        # A name without its number: no other can be a frame of it.
        return re.compile(r"(?!)()")
    # "v1-1001" is frame 1001 behind a hyphen, not frame -1001.
    before = match[1] + ("-" if match[2].startswith("-") and frame.number >= 0 else "")
    return re.compile(f"{re.escape(before)}(-?[0-9]+){re.escape(match[3])}", re.IGNORECASE)
