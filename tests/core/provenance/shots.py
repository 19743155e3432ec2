"""A tiny shot, and a studio that signs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import OpenImageIO as oiio

from doublure.core.provenance.certificates_for_tests import make_test_certificates
from doublure.core.provenance.signature import Trust
from doublure.core.provenance.signer import Signer
from doublure.core.provenance.write import Material

FRAMES = range(1001, 1007)


def write_tiny_exr(path: Path, seed: int) -> None:
    """8 x 6 half pixels, seeded."""
    pixels = np.random.default_rng(seed).random((6, 8, 3), np.float32).astype(np.float16)
    spec = oiio.ImageSpec(8, 6, 3, oiio.HALF)
    spec.attribute("compression", "none")
    spec.attribute("DateTime", "")
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), spec)
    assert out.write_image(pixels)
    out.close()


def make_shot(root: Path) -> Material:
    """Six frames, their plate, a model, two consent records and a graph below ``root``."""
    for name in ("comp", "plate", "provenance"):
        (root / name).mkdir(parents=True)
    for number in FRAMES:
        write_tiny_exr(root / f"comp/sq010_v003.{number}.exr", number)
        write_tiny_exr(root / f"plate/plate.{number}.exr", number + 5000)
    (root / "hero.safetensors").write_bytes(bytes(range(200)))
    (root / "graph.json").write_text('{"nodes": {}}\n')
    for name in ("mara", "double"):
        (root / f"provenance/{name}.consent.json").write_text(f'{{"id": "{name}"}}\n')
    return Material(
        "demo",
        "sq010_sh0100",
        "v003",
        [(n, root / f"comp/sq010_v003.{n}.exr") for n in FRAMES],
        [(n, root / f"plate/plate.{n}.exr") for n in FRAMES],
        [
            ("model", root / "hero.safetensors"),
            ("graph", root / "graph.json"),
            ("consent", root / "provenance/mara.consent.json"),
            ("consent", root / "provenance/double.consent.json"),
        ],
    )


class Studio:
    """A signer with a root of its own that is no test root, and who believes in it."""

    def __init__(self, days: float = 1.0) -> None:
        now = datetime.now(UTC)
        self.chain, self.key, self.root = make_test_certificates(
            now - timedelta(hours=1), now + timedelta(days=days), organization="Some Studio"
        )
        self.signer = Signer("ed25519", self.chain, self.key)
        self.trust = Trust(self.root.decode())
