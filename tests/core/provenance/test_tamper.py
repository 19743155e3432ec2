"""Every change of one byte is caught, and laid at the right file's door."""

from __future__ import annotations

import json
from pathlib import Path

from bench.tamper import tamper, victims
from doublure.core.provenance.verify import verify_provenance
from tests.core.provenance.shots import FRAMES, Studio


def test_random_changes_of_one_byte_are_all_caught_and_the_file_is_named(shot: Path, studio: Studio) -> None:
    folder = shot / "provenance"
    # Three of provenance, a model, a graph, two consent records, two of the history.
    assert len(victims(folder)) == 9 + 2 * len(FRAMES)
    assert tamper(folder, studio.trust, 120, seed=20261124) == []
    assert verify_provenance(folder, studio.trust).findings == ()


def test_a_finding_about_another_file_counts_as_a_miss(shot: Path, studio: Studio) -> None:
    folder = shot / "provenance"
    (folder / "mara.consent.json").write_text("{}")
    misses = tamper(folder, studio.trust, 4, seed=1)
    assert misses
    assert all("mara.consent.json" in miss for miss in misses)


def test_no_stretch_of_the_sidecar_is_without_cover(shot: Path, studio: Studio) -> None:
    path = shot / "provenance/frames.c2pa"
    data = path.read_bytes()
    for place in range(0, len(data), 97):
        altered = bytearray(data)
        altered[place] ^= 1 << (place % 8)
        path.write_bytes(altered)
        # The frames are not at stake here, and need not be hashed each time.
        outcome = verify_provenance(shot / "provenance", studio.trust, result=shot / "nowhere")
        assert any(f.file == "frames.c2pa" for f in outcome.findings), place


def test_every_digit_of_every_hash_in_the_list_counts(shot: Path, studio: Studio) -> None:
    path = shot / "provenance/frames.json"
    text = path.read_text()
    for frame in json.loads(text)["result"]["frames"]:
        digit = frame["sha256"][frame["number"] % 64]
        other = "0" if digit != "0" else "1"
        changed = frame["sha256"].replace(digit, other)
        path.write_text(text.replace(frame["sha256"], changed))
        (finding,) = verify_provenance(shot / "provenance", studio.trust).findings
        assert (finding.file, finding.what) == ("frames.json", "it is not the file that was signed")
