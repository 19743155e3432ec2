"""Who signs a publication, what is listed, and whether a provenance that lies there already is true."""

from __future__ import annotations

from pathlib import Path

from doublure.core.check.finding import Finding
from doublure.core.errors import DoublureError
from doublure.core.provenance.record import FILE_NAME, Record
from doublure.core.provenance.signature import Trust
from doublure.core.provenance.signer import CHAIN_VARIABLE, KEY_VARIABLE, Signer
from doublure.core.provenance.verify import ANCHORS_VARIABLE, read_trust, verify_provenance
from doublure.pipeline_hooks.publication import Publication
from doublure.pipeline_hooks.shot import Shot


def signer_of(publication: Publication) -> Signer:
    """The studio's signer, or a test signer where the profile allows one and the studio has none.

    Raises: DoublureError where there is none, or it cannot sign.
    """
    signer = Signer.from_environment()
    if signer is None and publication.profile.test_signer:
        signer = Signer.for_test(publication.now())
    if signer is None:
        raise DoublureError(
            "nobody can sign the provenance", remedy=f"set {CHAIN_VARIABLE} and {KEY_VARIABLE}"
        )
    signer.open()
    return signer


def trust_for(signer: Signer) -> Trust:
    """Whom to believe when what ``signer`` signed is verified.

    Raises: DoublureError where a studio signs and no root certificate is named.
    """
    trust = read_trust(None, allow_test=signer.test)
    if not signer.test and trust.anchors is None:
        raise DoublureError(
            "what the studio signs could not be verified",
            remedy=f"set {ANCHORS_VARIABLE} to its root certificate",
        )
    return trust


def check_provenance(publication: Publication) -> list[Finding]:
    """Somebody can sign; and where a provenance was written before, it is of this shot and true.

    Keeps the signer in ``publication``.
    """
    try:
        publication.signer = signer_of(publication)
        trust = trust_for(publication.signer)
    except DoublureError as error:
        return [Finding(None, error.what, error.remedy or "check the certificate")]
    folder = publication.shot.provenance
    if not (folder / FILE_NAME).exists():
        return []
    allowed = Trust(trust.anchors, publication.profile.test_signer)
    return _of_another(folder, publication.shot) or [
        Finding(one.frame, f"{one.file}: {one.what}" if one.file else one.what, one.remedy)
        for one in verify_provenance(folder, allowed, complete=True).findings
    ]


def _of_another(folder: Path, shot: Shot) -> list[Finding]:
    try:
        record = Record.load(folder / FILE_NAME)
    except DoublureError:
        # verify_provenance tells it, and tells more.
        return []
    named = record.project, record.shot, record.version
    if named == (shot.project, shot.name, shot.version):
        return []
    return [
        Finding(None, f"the provenance is of {' '.join(named)}", "remove it, or write that of this version")
    ]


def differing(record: Record, publication: Publication) -> list[str]:
    """What is listed with another hash than the one that the validators saw: it changed while publishing."""
    facts = publication.facts.frames
    out = []
    for label, listed, seen in (
        ("frame", record.result.frames, {one.number: one.sha256 for one in facts}),
        ("plate", record.plate.frames, {one.number: one.plate_sha256 for one in facts}),
    ):
        if {one.number for one in listed} != set(publication.shot.numbers):
            out.append(f"the {label}s listed are not those ordered")
        out += [f"the {label} {one.number}" for one in listed if seen.get(one.number) != one.sha256]
    if [one.sha256 for one in record.of_role("model")] != [publication.model]:
        out.append("the model")
    if sorted(one.sha256 for one in record.of_role("consent")) != sorted(
        one.sha256 for one in publication.grants
    ):
        out.append("a likeness record")
    return out
