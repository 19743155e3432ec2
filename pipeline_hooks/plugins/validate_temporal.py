"""Does the face flicker or boil."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.temporal import check_temporal
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateTemporal(plugin.ShotValidator):
    """Along the plate's motion the face changes from frame to frame hardly more than the plate's own."""

    label = "Flicker"
    order = plugin.VALIDATE + 0.18

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_temporal(publication.facts, publication.profile.limits)
