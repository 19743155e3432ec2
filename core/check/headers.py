"""Do all frames say the same of themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable

from doublure.core.check.finding import Finding
from doublure.core.scan.facts import ShotFacts
from doublure.core.scan.file_header import FileHeader

_ASKED: tuple[tuple[str, Callable[[FileHeader], Hashable]], ...] = (
    ("channels", lambda header: header.channels),
    ("attributes", lambda header: header.other),
    ("own attributes", lambda header: frozenset(header.own)),
)


def check_headers(shot: ShotFacts) -> list[Finding]:
    """R, G and B are there, and channels and names of attributes are those of most frames.

    What else a header says (windows, compression, number type, colour, time) has checks of its own. Where the pipeline
    itself says that a frame has no face (``doublure/faceless``) its attributes may differ by that.
    """
    headers = [(frame.number, frame.header) for frame in shot.readable if frame.header is not None]
    out = []
    for number, header in headers:
        absent = [name for name in "RGB" if name not in header.channels]
        if absent:
            out.append(Finding(number, f"the channel {absent[0]} is missing", "write R, G and B, named so"))
    for label, ask in _ASKED:
        said = {number: _without_faceless(ask(header)) for number, header in headers}
        if len(set(said.values())) < 2:
            continue
        usual = Counter(said.values()).most_common(1)[0][0]
        for number, value in said.items():
            if value != usual and not any(one.frame == number for one in out):
                out.append(
                    Finding(
                        number,
                        f"the {label} differ from most frames' ({_difference(value, usual)})",
                        "render the frame as the others were",
                    )
                )
    return out


def _without_faceless(value: Hashable) -> Hashable:
    return value - {"faceless"} if isinstance(value, frozenset) else value


def _difference(value: Hashable, usual: Hashable) -> str:
    mine, theirs = (set(one) if isinstance(one, tuple | frozenset) else {one} for one in (value, usual))
    words = [f"without {name}" for name in sorted(map(str, theirs - mine))]
    words += [f"with {name}" for name in sorted(map(str, mine - theirs))]
    return ", ".join(words) or "in another order"
