"""The page: verdict, findings, worst frames, one chart for every measure, and what every plug-in said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from doublure.core.consent.timestamp import format_time
from doublure.pipeline_hooks.blocked import ranges
from doublure.pipeline_hooks.measures import lines, told_frames, worst_frames
from doublure.pipeline_hooks.outcome import Outcome, Step
from doublure.pipeline_hooks.publication import Publication
from doublure.pipeline_hooks.report_html.chart import chart

_STYLE = Path(__file__).with_name("style.css")


def page(outcome: Outcome) -> str:
    """The whole file: no script, no font and no picture from elsewhere; everything that is told is escaped."""
    names = ", ".join(one.shot.title for one in outcome.publications) or "no shot"
    word = "passed" if outcome.ok or _still_running(outcome) else "blocked"
    kind = "good" if word == "passed" else "bad"
    did = " (dry run: nothing was written)" if outcome.dry else ""
    body = [
        f'<header class="{kind}"><p class="verdict">{word}</p><h1>{escape(names)}</h1>'
        f"<p>{_summary(outcome)}{did}</p></header>",
        _section("What stopped it", _list(outcome.faults)) if outcome.faults else "",
        _section("Findings", _findings(outcome)),
        *(_shot(one) for one in outcome.publications),
        _section("Every plug-in", _steps(outcome.steps)),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(names)}: {word}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style></head>\n"
        f"<body>\n{chr(10).join(part for part in body if part)}\n</body></html>\n"
    )


def _still_running(outcome: Outcome) -> bool:
    """The report that travels with a version is written before the last steps."""
    return not outcome.faults and all(step.ok for step in outcome.steps)


def _summary(outcome: Outcome) -> str:
    failed = sorted({step.plugin for step in outcome.steps if not step.ok})
    ran = sum(step.phase == "validate" for step in outcome.steps)
    accepted = {step.plugin for step in outcome.steps if step.ok and step.findings}
    if not failed and accepted:
        return f"{ran} validators ran, none blocked; accepted all the same: {escape(', '.join(sorted(accepted)))}"
    if not failed:
        return f"{ran} validators ran, none blocked"
    return f"{ran} validators ran; blocked by {escape(', '.join(failed))}"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _findings(outcome: Outcome) -> str:
    rows = []
    for step in outcome.steps:
        grouped: dict[tuple[str, str, str], list[int]] = {}
        for one in step.findings:
            numbers = grouped.setdefault((one.level, one.what, one.remedy), [])
            if one.frame is not None:
                numbers.append(one.frame)
        for (level, what, remedy), numbers in grouped.items():
            # A warning that did not stop the validator was accepted.
            said = "accepted" if step.ok else level
            rows.append(
                (_tag(said), escape(step.label), ranges(numbers) or "shot", escape(what), escape(remedy))
            )
        if step.error is not None and not step.findings:
            rows.append((_tag("error"), escape(step.label), "", escape(step.error), ""))
    if not rows:
        return "<p>Nothing was found.</p>"
    return _table(("", "Check", "Frames", "What", "Remedy"), rows)


def _tag(word: str) -> str:
    return f'<span class="tag {escape(word)}">{escape(word)}</span>'


def _shot(publication: Publication) -> str:
    parts = []
    worst = worst_frames(publication)
    if worst:
        rows = [(str(number), "<br>".join(escape(word) for word in words)) for number, words in worst]
        parts.append(_section("Worst frames", _table(("Frame", "Why"), rows)))
    drawn = lines(publication)
    if drawn:
        figures = "".join(
            f"<figure><figcaption><b>{escape(line.label)}</b> <span>{escape(line.unit)}</span></figcaption>"
            f"{chart(line, told_frames(publication, line))}</figure>"
            for line in drawn
        )
        note = (
            "<p>The green band is allowed. Frames with a finding are red; amber ones are outside the band, but not "
            "judged alone, since a single reading may be noise. Hover over a dot for its frame.</p>"
        )
        parts.append(_section("Measures of the face", f'{note}<div class="charts">{figures}</div>'))
    missing = [f"{name}: {why}" for name, why in publication.facts.missing.items()]
    if missing:
        parts.append(_section("Not measured", _list(missing)))
    if publication.accepted:
        accepted = [
            (
                escape(one.override.validator),
                escape(str(one.finding)),
                escape(one.override.user),
                escape(one.override.reason),
            )
            for one in publication.accepted
        ]
        parts.append(_section("Accepted warnings", _table(("Check", "Finding", "By", "Why"), accepted)))
    parts.append(_section("The shot", _facts(publication)))
    return "\n".join(parts)


def _facts(publication: Publication) -> str:
    shot = publication.shot
    rows = [
        ("Frames", f"{ranges(shot.numbers)} at {float(shot.fps):g} a second, cut {ranges(shot.cut)}"),
        ("Profile", f"{publication.profile.name}: {publication.profile.title}"),
        ("Model", f"{shot.model.name}, SHA-256 {publication.model or 'unknown'}"),
    ]
    rows += [
        ("Consent", f"{one.person} as {one.part}, until {format_time(one.until)}; ask {one.contact}")
        for one in publication.grants
    ]
    if publication.signer is not None:
        rows.append(
            (
                "Signer",
                "a test certificate, which proves nothing" if publication.signer.test else "the studio",
            )
        )
    if publication.movie is not None:
        rows.append(("Review movie", f"provenance/{publication.movie.name}"))
    rows += [("Note", note) for note in publication.notes]
    return _table(("", ""), [(escape(a), escape(b)) for a, b in rows])


def _steps(steps: Sequence[Step]) -> str:
    if not steps:
        return "<p>No plug-in ran.</p>"
    rows = [
        (
            _tag("ok" if step.ok else "failed"),
            escape(step.phase),
            f"<b>{escape(step.label)}</b><br><small>{escape(step.plugin)}</small>",
            escape(step.help),
            f"{step.seconds:.2f}&nbsp;s",
        )
        for step in steps
    ]
    return _table(("", "Phase", "Plug-in", "Asks", "Took"), rows)
