"""Nobody's face is put on anybody without both people's consent, before the first frame and in the midst of a shot."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from graph_plates import make_frame, make_plate

from doublure.cli.main import main
from doublure.core.consent.check import require_all
from doublure.core.consent.denial import ConsentDenied
from doublure.nodes import Context, Graph, Read, Shared, Swap, Write, render_graph
from doublure.nodes import consent as node_consent
from doublure.nodes.consent import CONSENT, require_consent
from doublure.nodes.keys import node_key
from doublure.nodes.swap import consent_of
from tests.nodes.agreement import ASK, DENIALS, KEEPER, Agreement

NUMBERS = [1001, 1003]


@pytest.fixture
def agreement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agreement:
    monkeypatch.delenv("DOUBLURE_TRUST_ROOT", raising=False)
    return Agreement(tmp_path)


def graph_of(agreement: Agreement) -> Graph:
    make_plate(agreement.folder / "plate", NUMBERS)
    graph = Graph(agreement.folder)
    graph.add("plate", Read, pattern="plate/plate.####.exr")
    graph.add("swap", Swap, plate="plate", **agreement.params)
    graph.add("write", Write, image="swap", pattern="out/face.####.exr")
    return graph


def written(agreement: Agreement) -> list[str]:
    return sorted(path.name for path in (agreement.folder / "out").glob("*"))


def asked(agreement: Agreement, shared: Shared, now: datetime) -> None:
    require_consent(Swap.complete(agreement.params), "hero", agreement.agreed_model, shared, now)


def test_where_both_agreed_the_face_is_rendered(agreement: Agreement) -> None:
    report = render_graph(graph_of(agreement))
    assert report.failed == []
    assert written(agreement) == ["face.1001.exr", "face.1003.exr"]


@pytest.mark.parametrize("wrong", DENIALS)
def test_without_consent_the_node_says_why_and_whom_to_ask(agreement: Agreement, wrong: str) -> None:
    spoil, sentence, ask = DENIALS[wrong]
    spoil(agreement)
    with pytest.raises(ConsentDenied) as denied:
        Swap(plate=make_frame(1001), **agreement.params)
    assert sentence in str(denied.value)
    assert str(denied.value).endswith(ask)


@pytest.mark.parametrize("wrong", DENIALS)
def test_without_consent_a_render_exits_1_and_writes_nothing(
    agreement: Agreement, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, sentence, ask = DENIALS[wrong]
    spoil(agreement)
    make_plate(agreement.folder / "plate", NUMBERS)
    nodes = {
        "plate": {"type": "org.doublure.read", "params": {"pattern": "plate/plate.####.exr"}},
        "swap": {"type": "org.doublure.swap", "inputs": {"plate": "plate"}, "params": agreement.params},
        "write": {
            "type": "org.doublure.write",
            "inputs": {"image": "swap"},
            "params": {"pattern": "out/face.####.exr"},
        },
    }
    path = agreement.folder / "graph.json"
    path.write_text(json.dumps({"schema": "doublure.graph/1", "nodes": nodes}))
    assert main(["render", str(path), "--allow-faceless"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert sentence in told[0]
    assert told[0].endswith(ask)
    assert written(agreement) == []


@pytest.mark.parametrize("params", [{"identity_mix": 0.0}, {"hero": "hero"}])
def test_it_is_asked_even_where_no_face_would_be_made(
    agreement: Agreement, params: dict[str, object]
) -> None:
    agreement.params.update(params, consent="")
    with pytest.raises(ConsentDenied):
        Swap(plate=make_frame(1001), **agreement.params)
    with pytest.raises(ConsentDenied):
        Swap(plate=make_frame(1003), **agreement.params)


def test_a_face_of_the_cast_is_a_hero_s_to_permit_too(agreement: Agreement) -> None:
    agreement.params["hero"] = "double"
    with pytest.raises(ConsentDenied, match="for hero as hero, not for 'double'"):
        Swap(plate=make_frame(1001), **agreement.params)


def test_a_pinned_studio_key_is_the_only_one_that_counts(
    agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, params = Shared(), Swap.complete(agreement.params)
    consent_of(params, shared)
    monkeypatch.setenv("DOUBLURE_TRUST_ROOT", "ed25519:" + "0" * 64)
    with pytest.raises(ConsentDenied, match="not with the pinned studio key"):
        consent_of(params, shared)


def test_a_revocation_in_the_midst_of_a_shot_fails_every_frame_after_it(agreement: Agreement) -> None:
    record = agreement.listed()

    def revoke(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("rendering", 1):
            agreement.office.list_revoked(record)

    report = render_graph(graph_of(agreement), progress=revoke)
    assert report.rendered == [1001]
    assert [number for number, _ in report.failed] == [1003]
    assert "the record was revoked" in report.failed[0][1]
    assert written(agreement) == ["face.1001.exr"]


def test_what_was_rendered_before_a_revocation_is_not_taken_for_done(agreement: Agreement) -> None:
    record = agreement.listed()
    graph = graph_of(agreement)
    render_graph(graph)
    assert render_graph(graph).skipped == NUMBERS
    agreement.office.list_revoked(record)
    with pytest.raises(ConsentDenied, match="was revoked"):
        render_graph(graph)


def test_new_records_change_no_pixel_and_render_nothing_anew(agreement: Agreement) -> None:
    render_graph(graph_of(agreement))
    agreement.issue("hero", permissions={"actions": ["render"], "media": [], "territory": []})
    agreement.params["shot"] = "sq010_sh0200"
    assert render_graph(graph_of(agreement)).skipped == NUMBERS


def test_no_param_of_consent_is_animatable_or_counts_in_the_key(agreement: Agreement) -> None:
    assert not any(param.animatable for param in CONSENT)
    params = Swap.complete(agreement.params)
    keys = {node_key(Swap, {**params, "shot": shot}, {}, Context(1001)) for shot in ("sq010_a", "sq010_b")}
    assert len(keys) == 1


def test_a_grant_is_remembered_until_one_of_its_files_changes(
    agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = []

    def counted(*arguments: object) -> object:
        count.append(arguments)
        return require_all(*arguments)

    monkeypatch.setattr(node_consent, "require_all", counted)
    agreement.listed()
    shared, now = Shared(), datetime.now(UTC)
    asked(agreement, shared, now)
    once = len(count)
    asked(agreement, shared, now)
    assert len(count) == once
    files = (
        Path(agreement.params["consent"]),
        Path(agreement.params["driver_consent"]),
        agreement.office.trust,
        agreement.office.revocations,
    )
    for changes, path in enumerate(files, start=2):
        content, stat = path.read_bytes(), path.stat()
        path.write_bytes(content)
        # A program that sets the time back hides nothing.
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        asked(agreement, shared, now)
        assert len(count) == changes * once, path


def test_a_grant_ends_with_its_time_though_no_file_changes(agreement: Agreement) -> None:
    shared = Shared()
    asked(agreement, shared, agreement.now)
    end = agreement.office.until
    asked(agreement, shared, end - timedelta(seconds=1))
    with pytest.raises(ConsentDenied, match="counts until before"):
        asked(agreement, shared, end)


def test_a_list_that_grows_stale_ends_a_grant(agreement: Agreement) -> None:
    agreement.listed()
    shared = Shared()
    asked(agreement, shared, agreement.now)
    with pytest.raises(ConsentDenied, match="and stale"):
        asked(agreement, shared, agreement.now + timedelta(hours=24))


def test_a_clock_that_is_set_back_is_asked_about_the_beginning_again(agreement: Agreement) -> None:
    shared = Shared()
    asked(agreement, shared, agreement.now)
    with pytest.raises(ConsentDenied, match="still to come"):
        asked(agreement, shared, agreement.office.begin - timedelta(seconds=1))


def test_a_denial_is_never_remembered(agreement: Agreement) -> None:
    path = Path(agreement.params["consent"])
    content = path.read_bytes()
    path.unlink()
    shared = Shared()
    with pytest.raises(ConsentDenied):
        asked(agreement, shared, agreement.now)
    path.write_bytes(content)
    asked(agreement, shared, agreement.now)


def test_the_keeper_is_named_only_while_no_trust_file_names_a_contact(agreement: Agreement) -> None:
    agreement.params.update(consent="", trust="")
    with pytest.raises(ConsentDenied) as denied:
        Swap(plate=make_frame(1001), **agreement.params)
    assert str(denied.value).endswith(KEEPER)
    agreement.params["trust"] = str(agreement.office.trust)
    with pytest.raises(ConsentDenied) as denied:
        Swap(plate=make_frame(1001), **agreement.params)
    assert str(denied.value).endswith(ASK)
