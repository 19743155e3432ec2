"""Any one byte changed anywhere is caught: in a published version, and in what consent rests on before it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from doublure.core.provenance.hashes import hash_file
from doublure.core.provenance.signature import Trust
from doublure.core.provenance.verify import verify_provenance
from doublure.pipeline_hooks import consent
from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.publication import Publication
from tests.pipeline_hooks.shots import Shot

CHANGES = 120


def change(path: Path, chance: random.Random) -> bytes:
    """Change one byte; returns what was there."""
    before = path.read_bytes()
    at = chance.randrange(len(before))
    other = (before[at] + chance.randrange(1, 256)) % 256
    # Anew: the file may be the clean shot's too.
    path.unlink()
    path.write_bytes(before[:at] + bytes([other]) + before[at + 1 :])
    return before


def test_a_byte_changed_anywhere_in_a_published_version_is_caught_and_its_file_named(shot: Shot) -> None:
    assert run_gate(shot.file).ok
    files = sorted(path for path in shot.published.rglob("*") if path.is_file())
    trust, chance = Trust(None, allow_test=True), random.Random(5)
    for turn in range(CHANGES):
        path = files[turn % len(files)]
        before = change(path, chance)
        verified = verify_provenance(shot.published / "provenance", trust)
        assert not verified.ok, path
        assert any(path.name in str(finding) for finding in verified.findings), path
        path.write_bytes(before)
    assert verify_provenance(shot.published / "provenance", trust).ok


@pytest.mark.parametrize(
    "name", ["mara.consent.json", "double.consent.json", "trust.json", "revocations.json", "hero.safetensors"]
)
def test_a_byte_changed_in_what_consent_rests_on_denies(shot: Shot, name: str) -> None:
    publication: Publication = run_gate(shot.file, dry_run=True).publications[0]
    assert consent.ask(publication)[1] == ()
    path, chance = shot.folder / name, random.Random(6)
    for _ in range(20):
        before = change(path, chance)
        publication.model = hash_file(shot.folder / "hero.safetensors").sha256
        assert consent.ask(publication)[1], name
        path.write_bytes(before)


def test_a_file_removed_from_or_added_to_a_published_sequence_is_caught(shot: Shot) -> None:
    assert run_gate(shot.file).ok
    trust, frames = Trust(None, allow_test=True), shot.published / "frames"
    first = sorted(frames.glob("*.exr"))[0]
    shutil.copyfile(first, frames / first.name.replace("1001", "1000"))
    assert "1000" in str(verify_provenance(shot.published / "provenance", trust).findings[0])
    (frames / first.name.replace("1001", "1000")).unlink()
    first.unlink()
    assert "1001" in str(verify_provenance(shot.published / "provenance", trust).findings[0])
