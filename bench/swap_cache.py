"""Which trained networks in a cache may be used again: those of the same code, pictures and length."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bench.scoreboard import MODEL, ROOT
from bench.swap_footage import Pair


def trained_path(pair: Pair, what: str, minutes: float) -> Path:
    """Where the network ``what`` of a pair lies, trained for so many minutes by the code of today; the folder is made.

    Its name changes with all of Swap's source and with the shipped model: no figure is of a network that today's code
    would not train.
    """
    folder = pair.cache / "trained"
    folder.mkdir(parents=True, exist_ok=True)
    frames = f"{pair.hero_frames}+{pair.driver_frames}"
    return folder / f"{what}-{pair.tag}-{minutes:g}min-{frames}-{code_digest()}.safetensors"


def code_digest() -> str:
    """Eight hexadecimal digits of all that decides what a training makes of its pictures."""
    digest = hashlib.sha256()
    sources = sorted((ROOT / "core" / "swap").glob("*.py"))
    for file in (*sources, ROOT / "bench" / "classic_swap.py", ROOT / "bench" / "swap_peer.py", MODEL):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:8]
