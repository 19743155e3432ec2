"""What became of the frames of a render."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class RenderReport:
    """The outcome of ``render_graph``.

    Attributes:
        rendered: frames written, ascending.
        skipped: frames that were there already with the same key.
        failed: (frame, sentence), one entry for each fault.
        faceless: (frame, reason) of the frames written or skipped whose plate shows no face.
        seconds: wall clock, set-up included.
        source: what the plate is called, for people: the first Read's pattern.
        cancelled: it was stopped before every frame was tried.
    """

    rendered: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    faceless: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0
    source: str = ""
    cancelled: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain data for ``--json``."""
        return {
            "rendered": self.rendered,
            "skipped": self.skipped,
            "failed": [{"frame": number, "error": sentence} for number, sentence in self.failed],
            "faceless": [{"frame": number, "reason": reason} for number, reason in self.faceless],
            "source": self.source,
            "seconds": round(self.seconds, 3),
            "cancelled": self.cancelled,
        }
