"""Is the face as sharp as it should be, in every frame."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.sharpness import check_sharpness
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateSharpness(plugin.ShotValidator):
    """The face has enough of the plate's fine detail, and no frame is softer than the others."""

    label = "Sharpness"
    order = plugin.VALIDATE + 0.2

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_sharpness(publication.facts, publication.profile.limits)
