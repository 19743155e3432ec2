"""Reading a C2PA manifest: is it sound, is it this file's, and who signed it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doublure.core.errors import DoublureError
from doublure.core.provenance.finding import Finding, finding
from doublure.core.provenance.library import MISSING, REMEDY, c2pa, offline_context
from doublure.core.provenance.manifest import FRAMES_ASSERTION
from doublure.core.provenance.signer import TEST_ORGANIZATION

_AGAIN = "get the original file, or sign the shot again"
_UNTRUSTED, _EXPIRED = "signingCredential.untrusted", "signingCredential.expired"
# The codes that say: the manifest is whole, but the file is not the one that it was made for.
_OTHER_FILE = ("assertion.dataHash.mismatch", "assertion.bmffHash.mismatch")


@dataclass(frozen=True)
class Trust:
    """Whom to believe.

    Attributes:
        anchors: PEM root certificates, None trusts nobody.
        allow_test: also believe test certificates, which anybody can make.
    """

    anchors: str | None = None
    allow_test: bool = False


@dataclass(frozen=True)
class Signature:
    """What was found out.

    Attributes:
        findings: empty where all is well.
        signer: organisation and name in the certificate; None where the manifest could not be read.
        test: signed with a test certificate.
        altered: the file is not the one that was signed.
        sound: the manifest itself is as it was signed, whoever signed it.
        digest: of the frames, from our assertion; None where there is none.
        inputs: the identifiers of the ingredients.
    """

    findings: tuple[Finding, ...]
    signer: str | None = None
    test: bool = False
    altered: bool = False
    sound: bool = False
    digest: str | None = None
    inputs: frozenset[str] = frozenset()


def check_signature(
    file: Path, media_type: str, data: bytes, trust: Trust, sidecar: tuple[Path, bytes] | None = None
) -> Signature:
    """Check the manifest of a file, offline.

    Args:
        file, data: the file and its bytes; sentences tell its name.
        media_type: of the file.
        trust: whom to believe.
        sidecar: the manifest's file and bytes; None where it is inside ``data``.

    Nothing is raised for what is wrong with the file or its manifest: it is a finding. That the library is not
    installed is one too, so that nothing passes unchecked.

    Raises:
        DoublureError: the trust's certificates cannot be used.
    """
    place = sidecar[0].name if sidecar else file.name
    try:
        library = c2pa()
    except DoublureError:
        return _failed(place, f"the signature cannot be checked: {MISSING}", REMEDY)
    context = offline_context(trust.anchors)
    # The library takes no empty buffer.
    store = (sidecar[1] or b"\0") if sidecar else None
    try:
        reader = library.Reader(media_type, io.BytesIO(data), manifest_data=store, context=context)
        state, results, active = (
            reader.get_validation_state(),
            reader.get_validation_results(),
            reader.get_active_manifest(),
        )
    except (library.C2paError, LookupError, ValueError) as error:
        # Damaged stores also make the library trip over its own reading.
        if "ManifestNotFound" in str(error):
            return _failed(place, "it carries no manifest", _AGAIN)
        return _failed(place, f"its manifest cannot be read ({_first_line(error)})", _AGAIN)
    if not active or not results:
        return _failed(place, "it carries no manifest", _AGAIN)
    return _judged(file.name, place, str(state), results, active, trust)


def _judged(
    file: str, place: str, state: str, results: dict[str, Any], active: dict[str, Any], trust: Trust
) -> Signature:
    about = active.get("signature_info") or {}
    organization = str(about.get("issuer", "nobody"))
    signer = f"{organization}, {about.get('common_name', 'without a name')}"
    test = organization == TEST_ORGANIZATION
    codes = [str(failure.get("code")) for failure in results.get("activeManifest", {}).get("failure", [])]
    broken = [code for code in codes if code not in (*_OTHER_FILE, _UNTRUSTED, _EXPIRED)]
    # A damaged manifest cannot say anything about the file.
    altered = not broken and any(code in _OTHER_FILE for code in codes)
    findings = [finding("it is not the file that was signed", _AGAIN, file)] if altered else []
    if broken:
        findings.append(finding(f"its manifest is not as it was signed ({broken[0]})", _AGAIN, place))
    if _EXPIRED in codes:
        findings.append(
            finding(f"the certificate of {signer} is expired or not valid yet", "have it signed again", place)
        )
    if test and not trust.allow_test:
        remedy = "sign it with the studio's certificate, or pass --allow-test where a test is meant"
        findings.append(finding("it is signed with a test certificate, which proves nothing", remedy, place))
    elif not test and _UNTRUSTED in codes and _EXPIRED not in codes:
        findings.append(
            finding(
                f"it is signed by {signer}, whom nobody here trusts",
                "name the root certificate of who should have signed it, with --anchors",
                place,
            )
        )
    if not findings and state not in ("Trusted", "Valid"):
        # Fails closed where the library knows a fault that it does not name.
        findings.append(finding(f"its manifest is {state.lower()}", _AGAIN, place))
    ours = [a["data"] for a in active.get("assertions", []) if a.get("label") == FRAMES_ASSERTION]
    return Signature(
        tuple(findings),
        signer,
        test,
        altered=altered,
        sound=not broken,
        digest=ours[0].get("digest") if ours and isinstance(ours[0], dict) else None,
        inputs=frozenset(str(i.get("instance_id")) for i in active.get("ingredients", [])),
    )


def _failed(place: str, what: str, remedy: str) -> Signature:
    return Signature((finding(what, remedy, place),))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__
