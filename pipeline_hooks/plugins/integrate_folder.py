"""The version in its place."""

from __future__ import annotations

from doublure.core.errors import DoublureError
from doublure.core.provenance.record import FILE_NAME, Record
from doublure.core.provenance.verify import verify_provenance
from doublure.pipeline_hooks import consent, plugin
from doublure.pipeline_hooks.provenance import differing, trust_for
from doublure.pipeline_hooks.publication import Publication


class IntegrateFolder(plugin.ShotIntegrator):
    """Asks for consent once more, verifies what was put together, and renames the folder to its place."""

    label = "Folder"
    order = plugin.INTEGRATE

    def integrate(self, publication: Publication) -> None:
        """See ``ShotIntegrator``."""
        staging = plugin.staged(publication)
        denials = consent.ask(publication)[1]
        if denials:
            raise DoublureError(
                f"consent has ended while publishing ({denials[0].what})", remedy=f"ask {denials[0].ask}"
            )
        if publication.signer is None:
            raise DoublureError("nobody signed the provenance", remedy="validate the shot again")
        verified = verify_provenance(
            staging.folder / "provenance", trust_for(publication.signer), complete=True
        )
        if not verified.ok or verified.frames != len(publication.shot.numbers):
            told = str(verified.findings[0]) if verified.findings else f"{verified.frames} frames are listed"
            raise DoublureError(
                f"what was put together does not verify ({told.rstrip('.')})", remedy="publish again"
            )
        changed = differing(Record.load(staging.folder / "provenance" / FILE_NAME), publication)
        if changed:
            raise DoublureError(
                f"{changed[0]} has changed since it was checked",
                remedy="publish again when nothing writes it",
            )
        publication.published = staging.publish()
        self.log.info("Published to %s", publication.published)
