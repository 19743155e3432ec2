from __future__ import annotations

import pytest

from consent.studio import MODEL, use
from doublure.core.errors import DoublureError


@pytest.mark.parametrize("digest", ["", MODEL[:-1], MODEL.upper(), MODEL + "\n", "hero.safetensors"])
def test_what_is_no_hash_is_refused(digest):
    for over in ({"model": digest}, {"references": {"mara": (MODEL, digest)}}):
        with pytest.raises(DoublureError, match="not a SHA-256"):
            use(**over)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_what_is_no_screen_time_is_refused(seconds):
    with pytest.raises(DoublureError, match="not a screen time"):
        use(seconds=seconds)
