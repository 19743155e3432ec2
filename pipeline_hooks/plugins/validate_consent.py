"""Has everybody agreed to this."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import consent, plugin
from doublure.pipeline_hooks.publication import Publication


class ValidateConsent(plugin.ShotValidator):
    """Hero and driver each have a signed, valid and unrevoked record that permits to publish this shot, where and as
    it is shown.
    """

    label = "Consent"
    order = plugin.VALIDATE + 0.04

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        grants, denials = consent.ask(publication)
        publication.grants = () if denials else grants
        return consent.findings(denials, of_model=False)
