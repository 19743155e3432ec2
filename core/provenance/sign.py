"""Signing: a manifest beside a file, or inside a movie or picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.core.provenance.library import c2pa, offline_context
from doublure.core.provenance.manifest import Ingredient, manifest, stand_in
from doublure.core.provenance.record import ListedFrames
from doublure.core.provenance.signer import Signer

SIDECAR = "frames.c2pa"
JSON_TYPE = "application/json"
EMBEDDED = {".mp4": "video/mp4", ".mov": "video/quicktime", ".png": "image/png"}
"""Suffix -> media type of the files that can carry their manifest."""


def sign_beside(
    file: Path, sidecar: Path, result: ListedFrames, inputs: Sequence[Ingredient], signer: Signer
) -> None:
    """Write a manifest for a JSON ``file`` to ``sidecar``, atomically; the file stays as it is.

    Raises:
        DoublureError: the library is not installed, the certificate cannot sign (it is expired, say), or a
            file cannot be read or written.
    """
    source = _read(file)
    store, _ = _sign(file, JSON_TYPE, source, result, inputs, signer, embed=False)
    with atomic_file(sidecar) as temporary:
        temporary.write_bytes(store)


def sign_inside(
    source: Path, target: Path, result: ListedFrames, inputs: Sequence[Ingredient], signer: Signer
) -> None:
    """Write a copy of a movie or picture that carries its manifest, atomically; ``target`` may be ``source``.

    Raises:
        DoublureError: as ``sign_beside``, or neither MP4, MOV nor PNG.
    """
    media_type = media_type_of(source)
    if media_type is None or target.suffix.lower() != source.suffix.lower():
        raise DoublureError(
            "this kind of file cannot carry a manifest", file=source, remedy="use .mp4, .mov or .png"
        )
    _, signed = _sign(target, media_type, _read(source), result, inputs, signer, embed=True)
    with atomic_file(target) as temporary:
        temporary.write_bytes(signed)


def media_type_of(path: Path) -> str | None:
    """The media type of a file that can carry a manifest, by its suffix; else None."""
    return EMBEDDED.get(path.suffix.lower())


def _sign(
    file: Path,
    media_type: str,
    source: bytes,
    result: ListedFrames,
    inputs: Sequence[Ingredient],
    signer: Signer,
    *,
    embed: bool,
) -> tuple[bytes, bytes]:
    """(the manifest store, the file with it)."""
    library = c2pa()
    try:
        builder = library.Builder(manifest(file.name, media_type, result, inputs), context=offline_context())
        for item in inputs:
            about, content = stand_in(item)
            builder.add_ingredient(about, JSON_TYPE, io.BytesIO(content))
        if not embed:
            builder.set_no_embed()
        signed = io.BytesIO()
        store: bytes = builder.sign(signer.open(), media_type, io.BytesIO(source), signed)
    except library.C2paError as error:
        raise DoublureError(
            f"the file cannot be signed ({error})",
            file=file,
            remedy="check that the file is whole and the certificate valid",
        ) from error
    return store, signed.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DoublureError(
            f"the file cannot be read ({error.strerror or error})", file=path, remedy="check the path"
        ) from error
