"""The remedy for a misspelt name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A remedy clause: the known names closest to ``name``, or all of them where none is close."""
    names = list(known)
    folded = {candidate.casefold(): candidate for candidate in names}
    close = [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]
    if close:
        return "did you mean " + " or ".join(close)
    return "choose from " + ", ".join(names) if names else "leave it out"
