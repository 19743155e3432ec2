"""Has the face the plate's grain."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.grain import check_grain
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateGrain(plugin.ShotValidator):
    """The grain under the matte is as strong as the plate's in the same place."""

    label = "Grain"
    order = plugin.VALIDATE + 0.19

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_grain(publication.facts, publication.profile.limits)
