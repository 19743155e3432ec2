from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from doublure.core.provenance.write import write_provenance
from tests.core.provenance.shots import Studio, make_shot


@pytest.fixture(scope="session")
def studio() -> Studio:
    return Studio()


@pytest.fixture
def shot(tmp_path: Path, studio: Studio) -> Path:
    """A signed shot; its provenance is in the folder of that name."""
    root = tmp_path / "shot"
    write_provenance(root / "provenance", make_shot(root), studio.signer, datetime.now(UTC))
    return root
