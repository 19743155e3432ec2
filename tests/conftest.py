from __future__ import annotations

from pathlib import Path

import pytest

from doublure.core.faceset.finish import finish
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.gather import GatherSettings, gather
from doublure.core.faceset.known import Known
from doublure.core.faceset.select import SelectSettings
from doublure.core.faceset.sources import find_pictures

HERO = Path(__file__).resolve().parents[1] / "examples" / "hero"


@pytest.fixture(scope="session")
def hero_set(tmp_path_factory: pytest.TempPathFactory) -> SetFolder:
    """A finished set of ten frames of the example's hero; not to be changed."""
    folder = SetFolder(tmp_path_factory.mktemp("sets") / "mara")
    folder.create()
    with folder.locked():
        gather(
            folder,
            find_pictures([str(HERO / "hero.1-10####.exr")]),
            GatherSettings(identify=False),
            Known(folder),
        )
        finish(folder, SelectSettings())
    return folder
