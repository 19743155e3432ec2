"""Are the files named as a delivery wants it."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.naming import check_naming
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateNaming(plugin.ShotValidator):
    """File names: the shot first, then the version (v and three digits), then the frame in the profile's digits;
    letters, digits, dot, underscore and hyphen only; one name for all frames.
    """

    label = "Naming"
    order = plugin.VALIDATE + 0.01

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_naming(
            publication.files,
            publication.shot.name,
            publication.shot.version,
            digits=publication.profile.digits,
        )
