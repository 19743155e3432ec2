"""Does the face do what the plate's does."""

from __future__ import annotations

from doublure.core.check.aperture import check_aperture
from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateAperture(plugin.ShotValidator):
    """Lips, lids and all landmarks are where the plate's performance puts them."""

    label = "Lips, lids and expression"
    order = plugin.VALIDATE + 0.17

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_aperture(publication.facts, publication.profile.limits)
