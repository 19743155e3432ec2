"""Does verification catch every change of one byte, and name the right file?

``python -m bench.tamper FOLDER [--changes 500] [--anchors PEM] [--allow-test]``, where FOLDER is the folder
``provenance`` of a signed shot. Every change is undone, but an interrupt by force leaves one: use a copy of the shot.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from doublure.core.provenance.finding import Finding
from doublure.core.provenance.record import FILE_NAME, Record
from doublure.core.provenance.sign import SIDECAR
from doublure.core.provenance.signature import Trust
from doublure.core.provenance.sums import FILE_NAME as SUMS
from doublure.core.provenance.verify import read_trust, verify_provenance


@dataclass(frozen=True)
class Victim:
    """A file that provenance covers; ``number`` where it is a frame."""

    path: Path
    number: int | None = None

    def named_by(self, finding: Finding) -> bool:
        """Whether a finding is about this file. Its sentence counts, for that is what a user reads."""
        return self.path.name in str(finding) and (self.number is None or finding.frame == self.number)


def victims(folder: Path) -> list[Victim]:
    """Every file that is at hand: the three of provenance, those that frames.json lists, result and plate."""
    record = Record.load(folder / FILE_NAME)
    found = [Victim(folder / name) for name in (FILE_NAME, SIDECAR, SUMS)]
    found += [Victim(folder / file.path) for file in record.files]
    for sequence in (record.result, record.plate):
        found += [Victim(folder / sequence.folder / f.name, f.number) for f in sequence.frames]
    return [victim for victim in found if victim.path.is_file()]


def tamper(folder: Path, trust: Trust, changes: int, seed: int) -> list[str]:
    """Change one random byte at a time, verify, and change it back.

    Half of the changes are in frames, half in the other files.

    Returns:
        A sentence for every change that was not caught, or was laid to another file.
    """
    draw = random.Random(seed)
    found = victims(folder)
    frames = [victim for victim in found if victim.number is not None]
    others = [victim for victim in found if victim.number is None]
    misses = []
    for turn in range(changes):
        victim = others[turn // 2 % len(others)] if turn % 2 else draw.choice(frames)
        data = victim.path.read_bytes()
        place, change = draw.randrange(len(data)), draw.randrange(1, 256)
        altered = bytearray(data)
        altered[place] ^= change
        victim.path.write_bytes(altered)
        try:
            outcome = verify_provenance(folder, trust, threads=1)
        finally:
            victim.path.write_bytes(data)
        where = f"byte {place} of {victim.path.name} changed by {change:#04x}"
        errors = [finding for finding in outcome.findings if finding.level == "error"]
        if not errors:
            misses.append(f"{where}: not caught")
        misses += [f"{where}: {finding}" for finding in errors if not victim.named_by(finding)]
    return misses


def main() -> int:
    """Run from the command line. Returns 1 where anything was missed."""
    parser = argparse.ArgumentParser("python -m bench.tamper", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--anchors", type=Path)
    parser.add_argument("--allow-test", action="store_true")
    args = parser.parse_args()
    trust = read_trust(args.anchors, allow_test=args.allow_test)
    clean = verify_provenance(args.folder, trust)
    for finding in clean.findings:
        print(finding)
    if not clean.ok:
        print("the shot does not verify untouched, so that nothing can be learnt from it")
        return 1
    misses = tamper(args.folder, trust, args.changes, args.seed)
    print("\n".join([*misses, f"{args.changes} changes of one byte, {len(misses)} missed or misnamed"]))
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
