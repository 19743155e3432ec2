"""Does every frame say where the face was replaced."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.matte import check_matte
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateMatte(plugin.ShotValidator):
    """The channel matte is there, lies within 0 and 1, and covers something wherever the track has a face."""

    label = "Matte"
    order = plugin.VALIDATE + 0.13

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_matte(publication.facts)
