"""Can the edge of the face be seen."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.seam import check_seam
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateSeam(plugin.ShotValidator):
    """Along the matte's edge there are no steps that the plate has not."""

    label = "Seam"
    order = plugin.VALIDATE + 0.21

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_seam(publication.facts, publication.profile.limits)
