"""Markers of the flagged frames."""

from __future__ import annotations

from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.markers import write_markers
from doublure.pipeline_hooks.publication import Publication


class ExtractMarkers(plugin.ShotExtractor):
    """Where the profile asks for it: an OpenTimelineIO file with a marker on every frame that was flagged."""

    label = "Markers"
    order = plugin.EXTRACT + 0.1

    def extract(self, publication: Publication) -> None:
        """See ``ShotExtractor``."""
        staging = plugin.staged(publication)
        if publication.profile.markers:
            write_markers(publication, staging.folder / "flagged.otio")
