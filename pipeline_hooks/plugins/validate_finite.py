"""Is every pixel a number."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.finite import check_finite
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateFinite(plugin.ShotValidator):
    """No NaN and no infinity in colour, alpha or matte."""

    label = "Finite pixels"
    order = plugin.VALIDATE + 0.08

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_finite(publication.facts)
