from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from doublure.core import reader as reader_module
from doublure.core import writer as writer_module
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.sequence import FrameReader, FrameWriter, Sequence


def numbered(number: int | None) -> Frame:
    return replace(Frame.from_rgb(torch.full((3, 4, 5), float(number or 0)), "ACEScg"), number=number)


def shot(folder: Path, *numbers: int) -> Sequence:
    with FrameWriter(Sequence.parse(folder / "plate.####.exr")) as writer:
        for number in numbers:
            writer.write(numbered(number))
    return Sequence.parse(folder / "plate.####.exr")


def values(reader: FrameReader) -> list[tuple[int | None, float]]:
    return [(frame.number, float(frame.pixels[0, 0, 0])) for frame in reader]


@pytest.mark.parametrize(("threads", "ahead"), [(1, 1), (2, 4), (4, 2), (3, 50)])
def test_frames_come_in_order_however_many_threads_read_them(
    tmp_path: Path, threads: int, ahead: int
) -> None:
    sequence = shot(tmp_path, *range(-2, 9))
    expected = [(number, float(number)) for number in range(-2, 9)]
    assert values(FrameReader(sequence, threads=threads, ahead=ahead)) == expected


def test_the_named_numbers_and_their_order_are_kept(tmp_path: Path) -> None:
    reader = FrameReader(shot(tmp_path, *range(1, 7)), numbers=[5, 1, 3])
    assert values(reader) == [(5, 5.0), (1, 1.0), (3, 3.0)]
    assert len(reader) == 3


def test_a_reader_can_be_gone_through_twice(tmp_path: Path) -> None:
    reader = FrameReader(shot(tmp_path, 1, 2))
    assert values(reader) == values(reader)


def test_reading_no_frames_gives_none(tmp_path: Path) -> None:
    assert values(FrameReader(shot(tmp_path, 1), numbers=[])) == []


def test_a_missing_frame_is_named_after_the_frames_before_it(tmp_path: Path) -> None:
    shot(tmp_path, 1, 2, 3, 5)
    reader = FrameReader(Sequence.parse(tmp_path / "plate.1-5#.exr"))
    seen = []
    with pytest.raises(DoublureError, match=r"plate.0004.exr \(frame 4\): the frame is missing"):
        seen.extend(frame.number for frame in reader)
    with pytest.raises(DoublureError, match="frame 4"):
        reader.read(4)


def test_reading_ahead_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sequence, begun = shot(tmp_path, *range(1, 13)), []
    monkeypatch.setattr(reader_module, "read_exr", lambda path, number, space: begun.append(number) or number)
    frames = iter(FrameReader(sequence, threads=1, ahead=3))
    next(frames)
    frames.close()
    assert len(begun) <= 4


def test_leaving_early_stops_the_reading(tmp_path: Path) -> None:
    before = threading.active_count()
    for frame in FrameReader(shot(tmp_path, *range(1, 9))):
        if frame.number == 2:
            break
    # The generator is closed when it is collected; CPython does so at once.
    assert threading.active_count() == before


def test_the_space_given_is_the_frames_space(tmp_path: Path) -> None:
    assert FrameReader(shot(tmp_path, 1), space="ACEScct").read(1).space == "ACEScct"


def test_a_plain_file_is_one_frame(tmp_path: Path) -> None:
    with FrameWriter(Sequence.parse(tmp_path / "still.exr")) as writer:
        writer.write(numbered(1))
    assert values(FrameReader(Sequence.parse(tmp_path / "still.exr"))) == [(1, 1.0)]


def test_the_writer_makes_the_folder_and_pads_the_numbers(tmp_path: Path) -> None:
    shot(tmp_path / "new" / "deeper", 7, -3)
    names = sorted(path.name for path in (tmp_path / "new" / "deeper").iterdir())
    assert names == ["plate.-003.exr", "plate.0007.exr"]


def test_a_failed_write_surfaces_at_the_end_of_the_block(tmp_path: Path) -> None:
    def write_both() -> None:
        with FrameWriter(Sequence.parse(tmp_path / "a.####.exr"), ahead=4) as writer:
            writer.write(numbered(1))
            writer.write(numbered(2).with_pixels(torch.full((3, 4, 5), float("nan"))))

    with pytest.raises(DoublureError, match=r"frame 2\).*NaN"):
        write_both()
    assert [path.name for path in tmp_path.iterdir()] == ["a.0001.exr"]


def test_a_failed_write_surfaces_at_a_later_write(tmp_path: Path) -> None:
    bad = numbered(1).with_pixels(torch.full((3, 4, 5), 1e6))

    def write_many() -> int:
        with FrameWriter(Sequence.parse(tmp_path / "a.####.exr"), ahead=1) as writer:
            writer.write(bad)
            writer.write(numbered(2))
        return 0

    with pytest.raises(DoublureError, match=r"frame 1\).*beyond 16-bit float"):
        write_many()
    assert not (tmp_path / "a.0002.exr").exists()


def test_the_blocks_own_error_goes_first_and_carries_the_writers(tmp_path: Path) -> None:
    def fail() -> None:
        with FrameWriter(Sequence.parse(tmp_path / "a.####.exr")) as writer:
            writer.write(numbered(1).with_pixels(torch.full((3, 4, 5), 1e6)))
            raise KeyError("render")

    with pytest.raises(KeyError, match="render") as caught:
        fail()
    notes = getattr(caught.value, "__notes__", [])
    assert all("16-bit" in note for note in notes)


def test_waiting_writes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, inside, most = threading.Event(), [], []

    def slow(path: Path, frame: Frame, **how: object) -> None:
        gate.wait(5)
        inside.append(frame.number)

    monkeypatch.setattr(writer_module, "write_exr", slow)
    with FrameWriter(Sequence.parse(tmp_path / "a.####.exr"), ahead=2) as writer:
        writer.write(numbered(1))
        writer.write(numbered(2))
        assert not inside
        threading.Timer(0.05, gate.set).start()
        writer.write(numbered(3))
        most.append(len(inside))
    assert most[0] >= 1
    assert inside == [1, 2, 3]


def test_a_frame_without_a_number_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(DoublureError, match="no number"),
        FrameWriter(Sequence.parse(tmp_path / "a.####.exr")) as writer,
    ):
        writer.write(numbered(None))


def test_a_frame_outside_the_named_range_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(DoublureError, match=r"frame 9.*outside the range to write"),
        FrameWriter(Sequence.parse(tmp_path / "a.1-5#.exr")) as writer,
    ):
        writer.write(numbered(9))


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(DoublureError, match=r"frame 1\): the folder .* cannot be made"),
        FrameWriter(Sequence.parse(tmp_path / "file" / "a.####.exr")) as writer,
    ):
        writer.write(numbered(1))


def test_writing_outside_the_block_is_a_programming_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="with block"):
        FrameWriter(Sequence.parse(tmp_path / "a.####.exr")).write(numbered(1))
