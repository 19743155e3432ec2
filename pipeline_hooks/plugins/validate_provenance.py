"""Can the version be signed, and is what was signed before true."""

from __future__ import annotations

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks import plugin
from doublure.pipeline_hooks.provenance import check_provenance
from doublure.pipeline_hooks.publication import Publication


class ValidateProvenance(plugin.ShotValidator):
    """Somebody is there to sign the version, and a provenance that lies there already is of these files and true."""

    label = "Provenance"
    order = plugin.VALIDATE + 0.26

    def check(self, publication: Publication) -> list[Finding]:
        """See ``ShotValidator``."""
        return check_provenance(publication)
