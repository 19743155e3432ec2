"""Do the values stay within what half float and the next department can take."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.range import check_range
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateRange(plugin.ShotValidator):
    """Nothing beyond 65504, and under the matte hardly a negative value that the plate has not."""

    label = "Range"
    order = plugin.VALIDATE + 0.09

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_range(publication.facts, publication.profile.limits)
