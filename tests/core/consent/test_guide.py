from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.consent.denial import Reason

GUIDE = (Path(__file__).parents[3] / "docs" / "consent.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", Reason)
def test_the_guide_explains_every_reason(reason):
    assert f"`{reason}`" in GUIDE
