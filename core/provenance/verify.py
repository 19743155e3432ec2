"""The check that a shot is still what was signed. Offline; nothing listed is believed before the list is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from doublure.core.errors import DoublureError
from doublure.core.provenance.compare import compare_file, compare_frames
from doublure.core.provenance.finding import Finding, finding
from doublure.core.provenance.hashes import hash_files
from doublure.core.provenance.manifest import ingredients
from doublure.core.provenance.record import FILE_NAME, ListedFile, Record
from doublure.core.provenance.sign import JSON_TYPE, SIDECAR, media_type_of
from doublure.core.provenance.signature import Signature, Trust, check_signature
from doublure.core.provenance.sums import FILE_NAME as SUMS
from doublure.core.provenance.sums import wrong_names

ANCHORS_VARIABLE = "DOUBLURE_TRUST_ANCHORS"
_AGAIN = "get the original file, or write the provenance of the shot again"
# These travel with the frames; the plate and the rest may stay in the studio.
_TRAVELLING = ("consent", "movie", "history")


@dataclass(frozen=True)
class Verification:
    """The outcome.

    Attributes:
        findings: in order of weight: the list itself, the frames, the plate, the other files.
        signer: organisation and name in the certificate; None where no manifest could be read.
        test: signed with a test certificate.
        frames: how many frames of the result were looked for.
    """

    findings: tuple[Finding, ...]
    signer: str | None
    test: bool
    frames: int

    @property
    def ok(self) -> bool:
        """No errors; warnings may be there."""
        return not any(finding.level == "error" for finding in self.findings)


def read_trust(anchors: Path | None, *, allow_test: bool = False) -> Trust:
    """Whom to believe: the PEM file given, else the one named by ``DOUBLURE_TRUST_ANCHORS``, else nobody.

    Raises:
        DoublureError: the file cannot be read or has no PEM certificate.
    """
    named = os.environ.get(ANCHORS_VARIABLE)
    path = anchors or (Path(named) if named else None)
    if path is None:
        return Trust(None, allow_test)
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise DoublureError(
            "the trusted certificates cannot be read", file=path, remedy="give a PEM file"
        ) from error
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise DoublureError("there is no PEM certificate in it", file=path, remedy="give a PEM file")
    return Trust(text, allow_test)


def verify_provenance(
    folder: Path,
    trust: Trust,
    *,
    result: Path | None = None,
    plate: Path | None = None,
    complete: bool = False,
    threads: int = 2,
    progress: Callable[[int], None] | None = None,
) -> Verification:
    """Check a shot against the provenance in ``folder``.

    Every listed frame is hashed again. Missing, added, renamed and exchanged frames are named. The plate, model,
    graph and track are compared where they are at hand; consent records, movie and history must be.

    Args:
        folder: with frames.json, frames.c2pa and SHA256SUMS.
        trust: whom to believe.
        result, plate: where the frames lie now, if not where frames.json says.
        complete: what is not at hand is an error, not a warning.
        threads, progress: as ``hash_files``, over the result's frames.

    Nothing is raised for what is wrong with the shot: it is a finding.

    Raises:
        DoublureError: the trust's certificates cannot be used.
    """
    data, findings = _read_all(folder)
    if FILE_NAME not in data:
        return Verification(tuple(findings), None, False, 0)
    signature = Signature(())
    if SIDECAR in data:
        sidecar = (Path(SIDECAR), data[SIDECAR])
        signature = check_signature(Path(FILE_NAME), JSON_TYPE, data[FILE_NAME], trust, sidecar)
        findings += signature.findings
    findings += _sums(data, signature)
    record = None
    if not signature.altered:
        try:
            record = Record.from_bytes(data[FILE_NAME], Path(FILE_NAME))
        except DoublureError as error:
            findings.append(finding(error.what, error.remedy or _AGAIN, FILE_NAME, error.frame))
    if record is None:
        return Verification(tuple(findings), signature.signer, signature.test, 0)
    if signature.sound:
        findings += _contradictions(record, signature, SIDECAR)
    result = result or folder / record.result.folder
    findings += compare_frames(result, record.result, extra=True, threads=threads, progress=progress)
    findings += _plate(folder, record, plate, complete, threads)
    findings += _files(folder, record, complete, threads, trust)
    return Verification(tuple(findings), signature.signer, signature.test, len(record.result.frames))


def verify_movie(path: Path, trust: Trust, record: Record | None = None) -> Verification:
    """Check the manifest inside a movie or picture, and that it is of the frames in ``record`` where one is given.

    Raises:
        DoublureError: the file cannot be read or is of a kind that carries no manifest; the trust is unusable.
    """
    media_type = media_type_of(path)
    if media_type is None:
        raise DoublureError(
            "this kind of file carries no manifest",
            file=path,
            remedy="give the folder of frames.json, or an .mp4, .mov or .png",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DoublureError(
            f"the file cannot be read ({error.strerror or error})", file=path, remedy="check the path"
        ) from error
    signature = check_signature(path, media_type, data, trust)
    findings = list(signature.findings)
    if record is not None and signature.sound:
        findings += _contradictions(record, signature, path.name)
    return Verification(tuple(findings), signature.signer, signature.test, 0)


def _read_all(folder: Path) -> tuple[dict[str, bytes], list[Finding]]:
    """The three files, each read once, so that what is parsed is what was checked."""
    data, findings = {}, []
    for name in (FILE_NAME, SIDECAR, SUMS):
        try:
            data[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            findings.append(finding(f"there is no {name}", _AGAIN, str(folder)))
        except OSError as error:
            findings.append(finding(f"the file cannot be read ({error.strerror or error})", _AGAIN, name))
    return data, findings


def _sums(data: dict[str, bytes], signature: Signature) -> list[Finding]:
    """What SHA256SUMS says that the signature does not."""
    if SUMS not in data or SIDECAR not in data:
        return []
    wrong = wrong_names(data[SUMS], {name: data[name] for name in (FILE_NAME, SIDECAR)})
    if wrong == [FILE_NAME] and signature.altered:
        return []
    if wrong == [SIDECAR]:
        if signature.signer is None or not signature.sound:
            return []
        return [
            finding(
                f"it was changed where no signature covers it, or its line in {SUMS} was", _AGAIN, SIDECAR
            )
        ]
    if wrong:
        what = "it is not as it was written"
        if not signature.sound:
            what = f"it is not as it was written, or {' and '.join(wrong)} is not"
        return [finding(what, _AGAIN, SUMS)]
    return []


def _contradictions(record: Record, signature: Signature, place: str) -> list[Finding]:
    findings = []
    if signature.digest != record.result.digest():
        findings.append(finding(f"it was signed for other frames than those in {FILE_NAME}", _AGAIN, place))
    if signature.inputs != {item.identifier for item in ingredients(record.plate, record.files)}:
        findings.append(finding(f"it names another plate, model or consent than {FILE_NAME}", _AGAIN, place))
    return findings


def _plate(folder: Path, record: Record, plate: Path | None, complete: bool, threads: int) -> list[Finding]:
    place = plate or folder / record.plate.folder
    at_hand = plate is not None or any((place / frame.name).exists() for frame in record.plate.frames)
    if at_hand or complete:
        return compare_frames(place, record.plate, extra=False, threads=threads)
    what = "the plate is not at hand, so it was not compared"
    return [
        finding(what, "name its folder with --plate where you have it", record.plate.folder, level="warning")
    ]


def _files(folder: Path, record: Record, complete: bool, threads: int, trust: Trust) -> list[Finding]:
    hashes = hash_files([(None, folder / file.path) for file in record.files], threads=threads)
    findings = []
    for file, found in zip(record.files, hashes, strict=True):
        absent = _required(file, complete)
        fault = compare_file(folder, file, found, "error" if absent else "warning")
        if fault is not None:
            findings.append(fault)
        elif file.role == "movie":
            findings += verify_movie(folder / file.path, trust, record).findings
    return findings


def _required(file: ListedFile, complete: bool) -> bool:
    return complete or file.role in _TRAVELLING
