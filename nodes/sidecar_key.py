"""Whether a track sidecar is ours and up to date: a small file ``track.json.key`` beside it.

The sidecar itself belongs to the artist, who may correct it by hand. So the key names the bytes that were written:
a sidecar that differs from them was edited, and is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from doublure.core.atomic import atomic_file
from doublure.core.face.track import Track

State = Literal["absent", "current", "stale", "foreign"]
_SCHEMA = "doublure.track-key/1"


@dataclass(frozen=True)
class SidecarKey:
    """What a sidecar was made from.

    Attributes:
        key: cache key of the analysis (params and every plate frame).
        sha256: of the sidecar's bytes as written.
        failed: (frame, sentence) of the plate frames that could not be read.
    """

    key: str
    sha256: str
    failed: tuple[tuple[int, str], ...] = ()


def state(sidecar: Path, key: str) -> State:
    """``absent``; ``current``: made with this key; ``stale``: made by us with another; ``foreign``: made or edited
    elsewhere."""
    if not sidecar.exists():
        return "absent"
    made = read_key(sidecar)
    if made is None or made.sha256 != _sha256(sidecar):
        return "foreign"
    return "current" if made.key == key else "stale"


def read_key(sidecar: Path) -> SidecarKey | None:
    """The key beside a sidecar; None where there is none, or one that cannot be understood."""
    try:
        data = json.loads(_beside(sidecar).read_text(encoding="utf-8"))
        if data["schema"] != _SCHEMA:
            return None
        failed = tuple((int(number), str(sentence)) for number, sentence in data["failed"])
        return SidecarKey(str(data["key"]), str(data["sha256"]), failed)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(track: Track, sidecar: Path, key: str, failed: list[tuple[int, str]]) -> None:
    """Write the sidecar, then its key. A kill in between leaves a sidecar that counts as foreign, thus safe.

    Raises:
        DoublureError: it cannot be written.
    """
    _beside(sidecar).unlink(missing_ok=True)
    track.save(sidecar)
    data = {"schema": _SCHEMA, "key": key, "sha256": _sha256(sidecar), "failed": failed}
    with atomic_file(_beside(sidecar)) as temporary:
        temporary.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _beside(sidecar: Path) -> Path:
    return sidecar.with_name(sidecar.name + ".key")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
