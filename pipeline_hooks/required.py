"""The plug-ins without which nothing is published, by phase."""

from __future__ import annotations

FAMILY = "doublure.shot"

COLLECTORS = ("CollectShot", "CollectFiles", "CollectFacts")
VALIDATORS = (
    "ValidateFrames",
    "ValidateNaming",
    "ValidateReadable",
    "ValidateModel",
    "ValidateConsent",
    "ValidateHeaders",
    "ValidateWindows",
    "ValidateEncoding",
    "ValidateFinite",
    "ValidateRange",
    "ValidateColour",
    "ValidateOutside",
    "ValidateAlpha",
    "ValidateMatte",
    "ValidateTime",
    "ValidateIdentity",
    "ValidateJitter",
    "ValidateAperture",
    "ValidateTemporal",
    "ValidateGrain",
    "ValidateSharpness",
    "ValidateSeam",
    "ValidateLight",
    "ValidateReverted",
    "ValidateFrozen",
    "ValidateReview",
    "ValidateProvenance",
    "ValidatePlugins",
)
EXTRACTORS = ("ExtractFiles", "ExtractMarkers", "ExtractMovie", "ExtractReport", "ExtractProvenance")
INTEGRATORS = ("IntegrateFolder", "IntegrateKitsu")

ABSOLUTE = frozenset(
    ("ValidatePlugins", "ValidateConsent", "ValidateModel", "ValidateFrames", "ValidateReadable",
     "ValidateFinite", "ValidateReview", "ValidateProvenance")
)  # fmt: skip
"""No profile may turn their errors into warnings."""
