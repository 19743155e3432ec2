"""Is it one and the same face through the shot."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.core.check.identity import check_identity
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateIdentity(plugin.ShotValidator):
    """A face is recognised wherever the track has one, and it stays the same person (distances need the extra
    identity).
    """

    label = "Identity"
    order = plugin.VALIDATE + 0.15

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        found = check_identity(publication.facts, publication.profile.limits)
        told = {one.frame for findings in publication.findings.values() for one in findings}
        found += [
            Finding(
                frame.number,
                f"the face was not measured ({frame.faceless})",
                "look at the frame, and correct the track where it shows no face",
                "warning",
            )
            for frame in publication.facts.readable
            # The validators before have told most reasons: no matte, NaN.
            if frame.expected and frame.face is None and frame.number not in told
        ]
        return found
