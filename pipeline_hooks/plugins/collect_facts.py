"""The facts of every frame."""

from __future__ import annotations

import math
import os

from doublure.core.errors import DoublureError
from doublure.core.pattern import Sequence
from doublure.core.scan.scan import scan_shot
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication

_MOST_THREADS = 4
"""Each holds two frames and their plates; OpenEXR adds threads of its own."""


class CollectFacts(plugin.ShotCollector):
    """Reads every frame of result and plate once, and keeps numbers for all validators."""

    label = "Frames"
    order = plugin.COLLECT + 0.2

    def collect(self, publication: Publication) -> None:
        """See ``ShotCollector``."""
        shot, told = publication.shot, publication.progress
        facts = scan_shot(
            publication.ordered,
            Sequence.parse(shot.plate),
            publication.track,
            threads=min(_MOST_THREADS, os.cpu_count() or 2),
            progress=None if told is None else lambda done, total: told("reading", done, total),
            space=shot.space,
        )
        for frame, face in facts.faces:
            for name, value in vars(face).items():
                if isinstance(value, float) and not math.isfinite(value):
                    # No comparison with a limit holds for NaN: it would pass every check.
                    raise DoublureError(
                        f"the measure {name} is {value}",
                        file=frame.path,
                        frame=frame.number,
                        remedy="look at the frame; if it is sound, report this as a fault of Doublure",
                    )
        publication.facts = facts
