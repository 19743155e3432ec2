from __future__ import annotations

from pathlib import Path

from doublure.core.provenance.sums import sums_text, write_sums, wrong_names

FILES = {"frames.json": b"{}", "frames.c2pa": b"jumb"}


def test_the_written_file_finds_nothing_wrong(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    path = write_sums(tmp_path, tuple(FILES))
    assert wrong_names(path.read_bytes(), FILES) == []


def test_a_changed_file_is_named() -> None:
    data = sums_text(FILES).encode()
    assert wrong_names(data, {**FILES, "frames.json": b"{ }"}) == ["frames.json"]


def test_every_change_of_one_byte_is_found() -> None:
    data = sums_text(FILES).encode()
    for place in range(len(data)):
        for change in (1, 32, 128):
            altered = bytearray(data)
            altered[place] ^= change
            assert wrong_names(bytes(altered), FILES), place


def test_lines_in_another_order_are_wrong() -> None:
    lines = sums_text(FILES).splitlines(keepends=True)
    assert wrong_names("".join(reversed(lines)).encode(), FILES) == ["frames.c2pa", "frames.json"]
