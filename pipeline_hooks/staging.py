"""A folder that appears whole or not at all: put together beside its place, then renamed."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path

from doublure.core.errors import DoublureError

_BLOCK = 4 << 20


class Staging:
    """A hidden folder beside ``target``, on the same disk and as deep, so that relative paths stay true.

    Args: target: where the folder will be; nothing may be there.

    Raises:
        DoublureError: something is there, or the folder cannot be made.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        if os.path.lexists(target):
            raise _taken(target)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.folder = target.parent / f".{target.name}.{uuid.uuid4().hex[:12]}"
            self.folder.mkdir()
        except OSError as error:
            raise DoublureError(
                f"the folder cannot be made ({error.strerror or error})",
                file=target,
                remedy="check the rights",
            ) from error
        self._moved = False

    def copy(self, source: Path, name: str, sha256: str | None = None, frame: int | None = None) -> Path:
        """Copy a file in.

        Args: name: its path in the folder. sha256: what its bytes must hash to. frame: told in errors.

        Raises:
            DoublureError: it cannot be read or written, is there already, or has changed.
        """
        target = self.folder / name
        digest = hashlib.sha256()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as reader, target.open("xb") as writer:
                while block := reader.read(_BLOCK):
                    digest.update(block)
                    writer.write(block)
                writer.flush()
                os.fsync(writer.fileno())
            shutil.copystat(source, target)
        except OSError as error:
            raise DoublureError(
                f"the file cannot be copied to {target} ({error.strerror or error})",
                file=source,
                frame=frame,
                remedy="check rights and free space",
            ) from error
        if sha256 is not None and digest.hexdigest() != sha256:
            raise DoublureError(
                "the file has changed since it was checked", file=source, frame=frame, remedy="publish again"
            )
        return target

    def publish(self) -> Path:
        """Rename the folder to its place.

        Raises: DoublureError where something has come there meanwhile, or it cannot be renamed.
        """
        if os.path.lexists(self.target):
            # A rename would replace an empty folder.
            raise _taken(self.target)
        try:
            os.rename(self.folder, self.target)
        except OSError as error:
            raise DoublureError(
                f"the version cannot be put in its place ({error.strerror or error})",
                file=self.target,
                remedy="check the rights",
            ) from error
        self._moved = True
        return self.target

    def discard(self) -> None:
        """Remove the folder, published or not. A published one is renamed first: nobody sees half of it."""
        if self._moved and self.target.is_dir():
            os.rename(self.target, self.folder)
            self._moved = False
        if self.folder.is_dir():
            shutil.rmtree(self.folder)


def _taken(target: Path) -> DoublureError:
    return DoublureError(
        "this version is published already", file=target, remedy="publish under a new version"
    )
