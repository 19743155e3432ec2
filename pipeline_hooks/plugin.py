"""What all of our pyblish plug-ins share.

Plug-in files import this module, never a class out of it: pyblish takes every plug-in class that it finds among a
file's names for one of that file's own.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pyblish.api

from doublure.core.check.finding import Finding
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.blocked import blocked, sentences
from doublure.pipeline_hooks.overrides import split
from doublure.pipeline_hooks.publication import Publication, of
from doublure.pipeline_hooks.required import FAMILY, VALIDATORS

COLLECT, VALIDATE, EXTRACT, INTEGRATE = (
    pyblish.api.CollectorOrder,
    pyblish.api.ValidatorOrder,
    pyblish.api.ExtractorOrder,
    pyblish.api.IntegratorOrder,
)


class ShotPlugin(pyblish.api.InstancePlugin):  # type: ignore[misc]  # pyblish has no types
    """Something done with one shot."""

    # Lists: pyblish passes over a plug-in with a tuple here without a word.
    families: ClassVar[list[str]] = [FAMILY]
    hosts: ClassVar[list[str]] = ["*"]
    targets: ClassVar[list[str]] = ["default"]


class ShotCollector(ShotPlugin):
    """Gathers facts of a shot."""

    order = COLLECT

    def process(self, instance: Any) -> None:
        """Called by pyblish."""
        self.collect(of(instance))

    def collect(self, publication: Publication) -> None:
        """Put what was found into the publication."""
        raise NotImplementedError


class ShotValidator(ShotPlugin):
    """Asks one question about a shot."""

    order = VALIDATE

    def process(self, instance: Any) -> None:
        """Called by pyblish. Raises where anything is found that nobody accepted."""
        publication, name = of(instance), type(self).__name__
        publication.passed.discard(name)
        findings = tuple(self._levelled(publication, self.check(publication)))
        publication.findings[name] = findings
        blocking, accepted = split(name, findings, publication.overrides)
        # Hosts validate again after a repair.
        before = [one for one in publication.accepted if one.override.validator != name]
        publication.accepted = [*before, *accepted]
        for one in accepted:
            self.log.warning("%s Accepted by %s: %s", one.finding, one.override.user, one.override.reason)
        if blocking:
            for sentence in sentences(blocking):
                self.log.error(sentence)
            raise blocked(str(self.label), type(self).__doc__ or "", blocking)
        publication.passed.add(name)

    def check(self, publication: Publication) -> list[Finding]:
        """The answer: everything that is wrong."""
        raise NotImplementedError

    def _levelled(self, publication: Publication, findings: list[Finding]) -> list[Finding]:
        if type(self).__name__ not in publication.profile.warnings:
            return findings
        return [Finding(one.frame, one.what, one.remedy, "warning") for one in findings]


class ShotExtractor(ShotPlugin):
    """Puts a part of the version together. Whatever fails takes the whole back."""

    order = EXTRACT

    def process(self, instance: Any) -> None:
        """Called by pyblish."""
        publication = of(instance)
        require_validated(publication)
        try:
            self.extract(publication)
        except BaseException:
            publication.discard()
            raise

    def extract(self, publication: Publication) -> None:
        """Write into ``publication.staging``."""
        raise NotImplementedError


class ShotIntegrator(ShotPlugin):
    """Hands the version on. Whatever fails takes the whole back."""

    order = INTEGRATE

    def process(self, instance: Any) -> None:
        """Called by pyblish."""
        publication = of(instance)
        require_validated(publication)
        try:
            self.integrate(publication)
        except BaseException:
            publication.discard()
            raise

    def integrate(self, publication: Publication) -> None:
        """Hand on."""
        raise NotImplementedError


def require_validated(publication: Publication) -> None:
    """Raise DoublureError unless every validator ran and let the shot pass, whatever the host makes of errors."""
    for name in VALIDATORS:
        if name not in publication.passed:
            raise DoublureError(f"{name} did not let the shot pass", remedy="mend what the validators found")


def staged(publication: Publication) -> Any:
    """The folder being put together. Raises DoublureError where nothing was extracted."""
    if publication.staging is None:
        raise DoublureError("there is nothing to hand on", remedy="extract the files first")
    return publication.staging
