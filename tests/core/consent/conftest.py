from __future__ import annotations

from pathlib import Path

import pytest

from consent.studio import Studio
from doublure.core.consent.trust import ROOT


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Everything in order."""
    monkeypatch.delenv(ROOT, raising=False)
    return Studio(tmp_path).write()
