"""What a set holds already, so that a run adds only what is new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from doublure.core.faceset.duplicates import Seen
from doublure.core.faceset.face import PictureRecord
from doublure.core.faceset.folder import SetFolder
from doublure.core.faceset.sources import Picture


class Known:
    """What a set holds, by file and by content: read once, and told of every picture that is added."""

    def __init__(self, folder: SetFolder) -> None:
        self.by_file: dict[Path, PictureRecord] = {}
        self.names: set[str] = set()
        self.by_content: dict[str, str] = {}
        self.missing: dict[str, str] = {}
        self.seen = Seen()
        self.gone: set[str] = set()
        for record in folder.records():
            self.add(record)
            if not all(folder.holds(face) for face in record.faces):
                self.gone.add(record.name)

    def add(self, record: PictureRecord) -> None:
        # Without its faces: their landmarks would fill the memory.
        self.by_file[record.file] = replace(record, faces=())
        self.names.add(record.name)
        self.by_content.setdefault(record.sha256, record.name)
        for face in record.faces:
            if face.crop is None:
                self.missing[face.id] = record.name
            else:
                self.missing.pop(face.id, None)
                self.seen.add(face)

    def forget(self, picture: str) -> bool:
        """Leave a picture out that is looked at again; whether it was there."""
        self.seen.forget(picture)
        return picture in self.names

    def fresh(self, picture: Picture, identify: bool, keep: frozenset[str]) -> bool:
        """Whether the set's record of the file is still true and complete."""
        record = self.by_file.get(picture.file)
        if (
            record is None
            or record.name in self.gone
            or any(self.missing.get(each) == record.name for each in keep)
        ):
            return False
        if (record.name, record.track_sha256) != (picture.name, picture.track_sha256):
            return False
        if identify and not record.identified:
            return False
        try:
            stat = picture.file.stat()
        except OSError:
            # Whoever reads it will say what is the matter with it.
            return False
        return (stat.st_size, stat.st_mtime_ns) == (record.size, record.mtime_ns)
