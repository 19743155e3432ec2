"""Kitsu, spoken to through its own client against a small server of ours."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from doublure.pipeline_hooks.gate import run_gate
from doublure.pipeline_hooks.outcome import Outcome
from tests.pipeline_hooks.faults import profile
from tests.pipeline_hooks.shots import Shot

pytest.importorskip("gazu")


class Tracker:
    """What the server knows, what it was told, and how it answers comments."""

    def __init__(self) -> None:
        self.data: dict[str, list[dict[str, Any]]] = {
            "projects": [{"id": "p1", "name": "demo"}],
            "projects/p1/sequences": [{"id": "q1", "name": "sq010"}, {"id": "q2", "name": "sq020"}],
            "projects/p1/shots": [
                {"id": "s1", "name": "sh0100", "parent_id": "q1"},
                {"id": "s2", "name": "sh0100", "parent_id": "q2"},
            ],
            "task-types": [{"id": "t1", "name": "Compositing"}],
            "tasks": [{"id": "k1", "name": "main", "task_type_id": "t1", "entity_id": "s1"}],
            "task-status": [{"id": "w1", "short_name": "wfa"}],
        }
        self.comments: list[tuple[str, dict[str, Any]]] = []
        self.tokens: set[str | None] = set()
        self.answer = 201


@pytest.fixture
def tracker() -> Tracker:
    return Tracker()


@pytest.fixture
def server(tracker: Tracker) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _reply(self, code: int, data: Any) -> None:
            body = json.dumps(data).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            tracker.tokens.add(self.headers.get("Authorization"))
            asked = urlparse(self.path)
            rows = tracker.data.get(asked.path.removeprefix("/api/data/"))
            if rows is None:
                self._reply(404, {"message": "no such route"})
                return
            wanted = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self._reply(200, [row for row in rows if all(row.get(n, v) == v for n, v in wanted.items())])

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if tracker.answer == 201:
                tracker.comments.append((self.path, body))
            self._reply(tracker.answer, {"id": "c1"})

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/api"
    listening.shutdown()
    listening.server_close()
    thread.join()


def publish(shot: Shot, host: str) -> Outcome:
    text = f'[kitsu]\nhost = "{host}"\ntask_type = "Compositing"\nstatus = "wfa"'
    profile(text)(shot, None)  # type: ignore[arg-type]
    return run_gate(shot.file)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUBLURE_KITSU_TOKEN", "secret-of-a-bot")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_a_published_version_is_one_comment_on_the_shots_task(
    shot: Shot, server: str, tracker: Tracker
) -> None:
    outcome = publish(shot, server)
    assert outcome.ok, outcome.as_dict()["steps"]
    ((path, body),) = tracker.comments
    assert path == "/api/actions/tasks/k1/comment"
    assert body["task_status_id"] == "w1"
    assert "v003" in body["comment"]
    assert str(shot.published) in body["comment"]
    assert tracker.tokens == {"Bearer secret-of-a-bot"}
    assert "comment c1" in outcome.publications[0].notes[0]
    assert "secret-of-a-bot" not in json.dumps(outcome.as_dict())


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("projects", "no project demo"),
        ("projects/p1/shots", "no shot sq010_sh0100"),
        ("task-types", "no task type Compositing"),
        ("tasks", "no task Compositing of sq010_sh0100"),
        ("task-status", "no status wfa"),
    ],
)
def test_what_kitsu_does_not_know_fails_the_publish_before_anything_is_told(
    shot: Shot, server: str, tracker: Tracker, table: str, told: str
) -> None:
    tracker.data[table] = []
    outcome = publish(shot, server)
    assert outcome.blocked_by == ["IntegrateKitsu"]
    assert told in str(outcome.steps[-1].error)
    assert tracker.comments == []
    assert not shot.published.exists()


@pytest.mark.parametrize("code", [400, 401, 403, 404, 500])
def test_where_kitsu_refuses_the_comment_the_version_disappears(
    shot: Shot, server: str, tracker: Tracker, code: int
) -> None:
    tracker.answer = code
    outcome = publish(shot, server)
    assert outcome.blocked_by == ["IntegrateKitsu"]
    assert outcome.steps[-1].expected
    assert "refused or did not answer" in str(outcome.steps[-1].error)
    assert not [path for path in (shot.folder / "publish").rglob("*") if path.is_file()]


def test_where_nobody_answers_the_version_disappears(shot: Shot) -> None:
    outcome = publish(shot, "http://127.0.0.1:9/api")
    assert "refused or did not answer" in str(outcome.steps[-1].error)
    assert not shot.published.exists()


def test_two_shots_of_one_name_are_no_guess(shot: Shot, server: str, tracker: Tracker) -> None:
    tracker.data["projects/p1/shots"] = [
        {"id": f"s{i}", "name": "sq010_sh0100", "parent_id": f"q{i}"} for i in (1, 2)
    ]
    assert publish(shot, server).blocked_by == ["IntegrateKitsu"]


def test_without_a_token_or_the_extra_it_is_told_what_is_missing(
    shot: Shot, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUBLURE_KITSU_TOKEN")
    assert "DOUBLURE_KITSU_TOKEN" in str(publish(shot, server).steps[-1].error)
    monkeypatch.setitem(sys.modules, "gazu", None)
    assert "doublure[kitsu]" in str(run_gate(shot.file).steps[-1].error)


def test_without_kitsu_in_the_profile_nobody_is_told(shot: Shot, tracker: Tracker, server: str) -> None:
    assert run_gate(shot.file).ok
    assert tracker.tokens == set()
