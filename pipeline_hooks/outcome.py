"""What became of a publish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks.publication import Publication


@dataclass(frozen=True)
class Step:
    """One plug-in, run on one instance.

    Attributes:
        phase: "collect", "validate", "extract" or "integrate".
        plugin, label, help: its class name, its label and its docstring's first paragraph.
        instance: name of the shot; None for a plug-in that runs once.
        error: None where it succeeded. expected: the error is a finding of ours, not an accident.
        findings: of a validator, accepted ones included.
        seconds: it took.
    """

    phase: str
    plugin: str
    label: str
    help: str
    instance: str | None
    error: str | None
    expected: bool
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass
class Outcome:
    """A publish.

    Attributes:
        steps: in the order in which they ran.
        faults: of the gate itself: plug-ins that are missing, phases that did nothing.
        publications: one for each shot.
        dry: nothing was to be written.
    """

    steps: list[Step] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    dry: bool = False

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for is done. Nothing done is not."""
        return bool(self.steps) and not self.faults and all(step.ok for step in self.steps)

    @property
    def blocked_by(self) -> list[str]:
        """Names of the plug-ins that failed."""
        return [step.plugin for step in self.steps if not step.ok]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; see ``report_json``."""
        from doublure.pipeline_hooks.report_json import as_dict

        return as_dict(self)
